import { chmod, mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { embeddedUrl, startEmbeddedPostgres } from '../database/embedded/embedded-postgres.js';
import { migrate } from '../database/migrate.js';
import { isAlive } from '../vcs/process.js';

/** Where databases for tests are made. */
export interface TestCluster {
  readonly socketDir: string;
  /** Migrated and empty; databases of tests are copies of it. */
  readonly template: string;
}

const PREFIX = 'forgegate-test-';
const TEMPLATE = 'migrated';
const ROOM_NEEDED = 2 * 1024 ** 3;

/** A PostgreSQL that may lose its data, with a migrated template database. It ends with this process at the latest. */
export async function startTestCluster(): Promise<{ cluster: TestCluster; stop(): Promise<void> }> {
  const root = await roomyFolder();
  await removeAbandoned(root);
  const home = await mkdtemp(join(root, `${PREFIX}${process.pid}-`));
  // under root PostgreSQL runs as another user, which must get in
  await chmod(home, 0o755);
  const server = await startEmbeddedPostgres({
    home,
    log: () => undefined,
    durable: false,
    settings: { max_connections: '300', autovacuum: 'off' },
  });
  server.unref();
  const stop = async () => {
    await server.stop();
    await rm(home, { recursive: true, force: true });
  };
  try {
    const socketDir = new URLSearchParams(server.url.split('?')[1]).get('host') ?? '';
    const admin = new pg.Client(server.url);
    await admin.connect();
    await admin.query(`CREATE DATABASE ${TEMPLATE}`);
    await migrate(embeddedUrl(socketDir, TEMPLATE));
    await admin.query(`ALTER DATABASE ${TEMPLATE} ALLOW_CONNECTIONS false`);
    await admin.end();
    return { cluster: { socketDir, template: TEMPLATE }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Shared memory when there is room: copying the template takes 20 ms there and up to 500 ms on a disk. */
async function roomyFolder(): Promise<string> {
  const room = await statfs('/dev/shm').catch(() => null);
  return room && room.bavail * room.bsize > ROOM_NEEDED ? '/dev/shm' : tmpdir();
}

/** Folders of runs that were killed. */
async function removeAbandoned(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const pid = Number(name.startsWith(PREFIX) ? name.slice(PREFIX.length).split('-')[0] : Number.NaN);
    if (Number.isInteger(pid) && !isAlive(pid)) await rm(join(root, name), { recursive: true, force: true });
  }
}
