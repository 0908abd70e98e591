import pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { usableBinaries } from './binaries.js';
import { ensureCluster } from './cluster.js';
import { findDistribution } from './distribution.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { claimHome, currentOwner, type HomeClaim } from './home-claim.js';
import { clearLeftover, readPidFile } from './pid-file.js';
import { existingDataDir, placeDatabase, type Placement } from './placement.js';
import { accepts, Postmaster, SUPERUSER, type PostmasterOptions } from './postmaster.js';

const DATABASE = 'forgegate';

const SERVER_SETTINGS = {
  listen_addresses: '',
  unix_socket_permissions: '0700',
  max_connections: '100',
  shared_buffers: '128MB',
  // the queries are short, and containers have little shared memory for parallel workers
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // statements may hold what must not be in a log
  log_min_error_statement: 'panic',
};

export interface EmbeddedPostgres {
  /** `postgres://user@/database?host=<socket folder>`, as `pg` reads it. */
  readonly url: string;
  readonly dataDir: string;
  /** Something the operator should know, e.g. that the data lives outside of the home. */
  readonly note?: string;
  /** Resolves when the server is gone, also when it ended by itself. */
  readonly exited: Promise<void>;
  /** It keeps this process from ending no more; it still ends with it. */
  unref(): void;
  /** Ends the server; more than one call is fine. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  readonly home: string;
  readonly log: (message: string) => void;
  /** False only for tests: may lose data when the machine stops. Default true. */
  readonly durable?: boolean;
  /** Server settings beside or instead of ours. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Starts the PostgreSQL of a home, making it at the first start. The server ends with this process, however that ends.
 * @throws EmbeddedPostgresError with a sentence for the operator, e.g. when another gateway uses the home
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { home, log, durable = true } = options;
  const distribution = await findDistribution();
  const placement = await placeDatabase(home);
  const native = await usableBinaries(distribution, placement.runAs !== null, placement.cacheRoot);

  // read before the owner is asked: what was started after that belongs to somebody else and is left alone
  const leftover = await readPidFile(placement.dataDir);
  const owner = await currentOwner(placement.runDir);
  if (owner !== null) throw new EmbeddedPostgresError(inUse(home, owner));
  const claim = await claimHome(placement.runDir);
  try {
    if (leftover) await clearLeftover(placement.dataDir, leftover, log);
    await ensureCluster(native, placement.dataDir, placement.runAs, durable);
    const settings = {
      ...SERVER_SETTINGS,
      unix_socket_directories: placement.runDir,
      ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
      ...options.settings,
    };
    const postmaster = await startPatiently({ ...placement, native, settings }, claim);
    try {
      if (!(await claim.holds())) throw new EmbeddedPostgresError('The home was taken meanwhile');
      await ensureDatabase(placement.runDir);
    } catch (error) {
      await postmaster.stop();
      throw error;
    }
    return running(postmaster, placement, claim);
  } catch (error) {
    // of two that start at the same moment the later one goes on
    const lost = !(await claim.holds());
    await claim.release();
    if (lost) throw new EmbeddedPostgresError(inUse(home, await currentOwner(placement.runDir)));
    throw error;
  }
}

/** The embedded database of a gateway that runs now on this home, as a URL; null when none runs. */
export async function runningEmbeddedPostgres(home: string): Promise<string | null> {
  const dataDir = await existingDataDir(home);
  const pidFile = dataDir ? await readPidFile(dataDir) : null;
  if (!pidFile?.socketDir) return null;
  return (await accepts(pidFile.socketDir, DATABASE)) ? embeddedUrl(pidFile.socketDir, DATABASE) : null;
}

/** Whether a database was ever made for this home. */
export async function hasEmbeddedPostgres(home: string): Promise<boolean> {
  return (await existingDataDir(home)) !== null;
}

/** @param socketDir may hold any character */
export function embeddedUrl(socketDir: string, database: string): string {
  return `postgres://${SUPERUSER}@/${database}?host=${encodeURIComponent(socketDir)}`;
}

function running(postmaster: Postmaster, placement: Placement, claim: HomeClaim): EmbeddedPostgres {
  let stopping: Promise<void> | undefined;
  return {
    url: embeddedUrl(placement.runDir, DATABASE),
    dataDir: placement.dataDir,
    ...(placement.note ? { note: placement.note } : {}),
    exited: postmaster.exited,
    unref: () => postmaster.unref(),
    stop: () => (stopping ??= postmaster.stop().then(() => claim.release())),
  };
}

/** Processes of a killed server may be there for some moments: their memory or their zombie blocks the start. */
async function startPatiently(options: PostmasterOptions, claim: HomeClaim): Promise<Postmaster> {
  for (const deadline = Date.now() + 10_000; ;) {
    try {
      return await Postmaster.start(options);
    } catch (error) {
      const blocked = /lock file .* already exists|pre-existing shared memory block/.test(String(error));
      if (!blocked || Date.now() > deadline || !(await claim.holds())) throw error;
      await pause(200);
    }
  }
}

async function ensureDatabase(runDir: string): Promise<void> {
  if (await accepts(runDir, DATABASE)) return;
  const client = new pg.Client({ host: runDir, user: SUPERUSER, database: 'postgres' });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

function inUse(home: string, owner: number | null): string {
  return (
    `Another gateway${owner ? ` (process ${owner})` : ''} already runs on ${home}. ` +
    'Stop it, choose another FORGEGATE_HOME, or set DATABASE_URL to run several processes on one database.'
  );
}
