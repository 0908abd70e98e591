import { existsSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayProcess } from '../harness/gateway-process.js';
import { createTestDatabase, cutConnections } from '../harness/postgres.js';

const LOCK = 4711;

let home: string;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let observer: pg.Client;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'forgegate-crash-'));
  database = await createTestDatabase();
  observer = new pg.Client(database.url);
  await observer.connect();
});
afterEach(async () => {
  await observer.end();
  await database.drop();
  await rm(home, { recursive: true, force: true });
});

const onDisk = (name: string) => existsSync(join(home, 'repos', name));
const start = (env: Record<string, string> = {}) =>
  GatewayProcess.start(home, { DATABASE_URL: database.url, FORGEGATE_JOB_LEASE_MS: '1000', ...env });

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Makes every commit that changed a row of the table wait for the lock that this test holds. */
async function holdCommits(table: string): Promise<void> {
  await observer.query('SELECT pg_advisory_lock($1)', [LOCK]);
  await observer.query(`
    CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_xact_lock(${LOCK}); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER wait AFTER UPDATE OR DELETE ON ${table} DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION wait_for_test()`);
}

/** The machine fails: the process is gone, and with it the transaction that it had not committed. */
async function crash(gateway: GatewayProcess, table: string): Promise<void> {
  await gateway.kill();
  await cutConnections(observer);
  await observer.query('SELECT pg_advisory_unlock($1)', [LOCK]);
  await observer.query(`DROP TRIGGER wait ON ${table}`);
}

const hasEnded = () =>
  until(
    async () =>
      (await observer.query("SELECT 1 FROM job WHERE state IN ('pending', 'running')")).rows.length === 0,
  );

describe('a process that dies between moving a directory and committing the change', () => {
  const GROUP_METHODS = [
    ['a repository group that is renamed', 'update_repo_group', { group_name: 'late' }],
    ['a repository group that is deleted', 'delete_repo_group', { recursive: true }],
  ] as const;

  async function dieWithin(first: GatewayProcess, method: string, args: object): Promise<void> {
    await first.call('create_repo_group', { group_name: 'team' });
    await first.call('create_repo', { repo_name: 'team/app', repo_type: 'git' });
    await holdCommits('repo_group');
    const call = first.call(method, { repogroupid: 'team', ...args }).catch((error: Error) => error);
    await until(() => !onDisk('team'));
    await crash(first, 'repo_group');
    expect(await call).toBeInstanceOf(Error);
  }

  async function expectDone(gateway: GatewayProcess, method: string): Promise<void> {
    await hasEnded();
    expect(onDisk('team')).toBe(false);
    expect(onDisk('late/app')).toBe(method === 'update_repo_group');
    const { jobs } = await gateway.call<{ jobs: object[] }>('get_jobs', { kind: method });
    expect(jobs).toMatchObject([{ state: 'succeeded', attempts: 2 }]);
    expect(await gateway.call('rescan_repos')).toEqual({ added: [], removed: [] });
  }

  it.each(GROUP_METHODS)(
    'finds it undone at the next start, and then done: %s',
    async (_what, method, args) => {
      await dieWithin(await start(), method, args);
      expect(onDisk('team')).toBe(false);

      const idle = await start({ FORGEGATE_ROLES: 'api' });
      expect(onDisk('team/app')).toBe(true);
      expect(onDisk('late')).toBe(false);
      expect(await idle.call('get_repo_group', { repogroupid: 'team' })).toMatchObject({
        repositories: ['team/app'],
      });
      await idle.stop();

      const second = await start();
      try {
        await expectDone(second, method);
      } finally {
        await second.stop();
      }
    },
  );

  it.each(GROUP_METHODS)('is followed by another process of the cluster: %s', async (_what, method, args) => {
    const first = await start();
    const second = await start({ FORGEGATE_ROLES: 'api,jobs' });
    try {
      await dieWithin(first, method, args);
      await expectDone(second, method);
      expect((await observer.query('SELECT 1 FROM directory_move')).rows).toEqual([]);
    } finally {
      await second.stop();
    }
  });

  it('leaves nothing behind of a repository that is renamed', async () => {
    const first = await start();
    await first.call('create_repo', { repo_name: 'app', repo_type: 'git' });
    await holdCommits('repo');
    const call = first.call('update_repo', { repoid: 'app', name: 'late' }).catch((error: Error) => error);
    await until(() => onDisk('late/objects'));
    await crash(first, 'repo');
    expect(await call).toBeInstanceOf(Error);

    const second = await start();
    try {
      expect(onDisk('app')).toBe(true);
      expect(await second.call('rescan_repos')).toEqual({ added: [], removed: [] });
    } finally {
      await second.stop();
    }
  });
});
