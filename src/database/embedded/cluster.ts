import { execFile } from 'node:child_process';
import { chown, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import type { Identity } from './placement.js';
import { SUPERUSER } from './postmaster.js';

const DRAFT = 'postgres-draft-';

/**
 * Makes the data folder unless it is there. It appears by rename, so it is whole or not there at all.
 * @param durable false for tests: does not wait for the disk
 */
export async function ensureCluster(
  native: string,
  dataDir: string,
  runAs: Identity | null,
  durable: boolean,
): Promise<void> {
  if (await isCluster(dataDir)) return;
  const parent = dirname(dataDir);
  await removeDrafts(parent);
  const draft = await mkdtemp(join(parent, DRAFT));
  try {
    if (runAs) await chown(draft, runAs.uid, runAs.gid);
    await promisify(execFile)(join(native, 'bin', 'initdb'), initArguments(draft, durable), {
      cwd: '/',
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      ...runAs,
    });
    await rename(draft, dataDir);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (await isCluster(dataDir)) return;
    const said = (error as { stderr?: string }).stderr?.trim() || String(error);
    const hint = said.includes('could not look up effective user ID')
      ? '. PostgreSQL needs its user to have a name: add one to /etc/passwd, start as a user who has one, or set DATABASE_URL'
      : '';
    throw new EmbeddedPostgresError(`The data folder ${dataDir} could not be made: ${said}${hint}`);
  }
}

function initArguments(folder: string, durable: boolean): string[] {
  return [
    '--pgdata',
    folder,
    '--username',
    SUPERUSER,
    '--encoding=UTF8',
    // knows all of Unicode, needs no locale of the system and sorts the same everywhere
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    // who may connect is decided by the 0700 folder of the socket; there is no TCP
    '--auth-local=trust',
    '--auth-host=reject',
    '--data-checksums',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
}

function isCluster(dataDir: string): Promise<boolean> {
  return stat(join(dataDir, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
}

/** Left behind by a start that was killed. The caller holds the claim on the home, so none is in use. */
async function removeDrafts(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (name.startsWith(DRAFT)) await rm(join(parent, name), { recursive: true, force: true });
  }
}
