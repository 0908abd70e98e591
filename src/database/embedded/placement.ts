import { createHash } from 'node:crypto';
import { lchown, lstat, mkdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { othersCanEnter } from './reach.js';

/** `nobody` and `nogroup` of every Linux: PostgreSQL refuses to run as root. */
const NOBODY = 65_534;
const SYSTEM_FOLDER = '/var/lib/forgegate';
/** The kernel's limit for the path of a socket is 108 bytes on Linux, 104 on macOS. */
const LONGEST_SOCKET_PATH = 100;
const POINTER = 'database-location';

export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

/** Where the embedded database of a home lives and who runs it. */
export interface Placement {
  readonly dataDir: string;
  /** 0700 folder for the sockets. */
  readonly runDir: string;
  readonly logFile: string;
  /** Null: the user of this process. */
  readonly runAs: Identity | null;
  /** Where a copy of the binaries goes if one is needed. */
  readonly cacheRoot: string;
  /** Something the operator should know, or null. */
  readonly note: string | null;
}

/** Decides, and makes the folders. A choice outside of the home is remembered in it. */
export async function placeDatabase(home: string, systemFolder = SYSTEM_FOLDER): Promise<Placement> {
  await mkdir(home, { recursive: true });
  const realHome = await realpath(home);
  const asRoot = process.getuid?.() === 0;
  const base = await chooseBase(realHome, asRoot, systemFolder);
  const dataDir = join(base, 'postgres');
  const runAs = asRoot ? await ownerOf(dataDir) : null;
  await refuseForeignData(dataDir, asRoot);
  const runDir = await makeRunDir(base, realHome, runAs);
  const elsewhere = base !== realHome;
  return {
    dataDir,
    runDir,
    logFile: join(base, 'postgres.log'),
    runAs,
    cacheRoot: asRoot ? systemFolder : base,
    note: elsewhere
      ? `${realHome} is closed to other users and PostgreSQL cannot run as root, so its data lives in ${base}`
      : null,
  };
}

/** The placement that an earlier start decided on; makes nothing. Null when there is no database yet. */
export async function existingDataDir(home: string): Promise<string | null> {
  const base = (await remembered(home)) ?? home;
  const dataDir = join(base, 'postgres');
  return (await present(dataDir)) ? dataDir : null;
}

async function chooseBase(home: string, asRoot: boolean, systemFolder: string): Promise<string> {
  const known = await remembered(home);
  if (known) return known;
  if (!asRoot || (await othersCanEnter(home))) return home;
  const base = join(systemFolder, shortHash(home));
  try {
    await mkdir(base, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw new EmbeddedPostgresError(
      `${home} is closed to other users and PostgreSQL cannot run as root; its data would go to ${base}, ` +
        `which cannot be made (${(error as NodeJS.ErrnoException).code}). ` +
        'Set FORGEGATE_HOME to a folder that others may enter, start as an ordinary user, or set DATABASE_URL.',
    );
  }
  await writeFile(join(home, POINTER), `${base}\n`);
  return base;
}

async function remembered(home: string): Promise<string | null> {
  const text = await readFile(join(home, POINTER), 'utf8').catch(() => '');
  return text.trim() || null;
}

/** Data made under an ordinary user stays his when root starts the gateway later. */
async function ownerOf(dataDir: string): Promise<Identity> {
  const found = await stat(dataDir).catch(() => null);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : { uid: NOBODY, gid: NOBODY };
}

async function refuseForeignData(dataDir: string, asRoot: boolean): Promise<void> {
  const found = await stat(dataDir).catch(() => null);
  if (!found || asRoot || found.uid === process.getuid?.()) return;
  throw new EmbeddedPostgresError(
    `${dataDir} belongs to another user (uid ${found.uid}). ` +
      'Start as that user or as root, or give the folder with all it holds to yourself.',
  );
}

async function makeRunDir(base: string, home: string, runAs: Identity | null): Promise<string> {
  const preferred = join(base, 'run');
  const fits = Buffer.byteLength(join(preferred, '.s.PGSQL.5432')) <= LONGEST_SOCKET_PATH;
  // not os.tmpdir(): the command line must find the same folder whatever TMPDIR is there
  const runDir = fits ? preferred : `/tmp/forgegate-${shortHash(home)}`;
  await mkdir(runDir, { mode: 0o700 }).catch(ignoreExisting);
  const owner = runAs?.uid ?? process.getuid?.();
  const found = await lstat(runDir);
  // under /tmp anybody could have been first, with a link to somewhere else
  const ours = found.uid === owner || found.uid === process.getuid?.();
  if (!found.isDirectory() || !ours || (found.mode & 0o077) !== 0) {
    throw new EmbeddedPostgresError(`${runDir} must be a folder of uid ${owner} with mode 0700; remove it.`);
  }
  if (runAs) await lchown(runDir, runAs.uid, runAs.gid);
  return runDir;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function present(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
