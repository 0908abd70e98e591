import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayProcess } from '../harness/gateway-process.js';
import { createTestDatabase } from '../harness/postgres.js';
import { RemoteServer, type RemoteServerOptions } from '../harness/remote-server.js';
import { VcsSandbox } from '../harness/vcs-sandbox.js';

const GIT = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();
/** Which row's change shall stand still at its commit. */
const CHANGES = {
  rename: 'AFTER UPDATE OF repo_name ON repo',
  delete: 'AFTER DELETE ON repo',
  create: 'AFTER UPDATE OF repo_state ON repo',
};

let home: string;
let tools: string;
let database: { url: string; drop: () => Promise<unknown> };
let client: pg.Client;
let gateway: GatewayProcess;

const start = () =>
  GatewayProcess.start(home, {
    DATABASE_URL: database.url,
    FORGEGATE_JOB_LEASE_MS: '1000',
    PATH: `${tools}:${process.env.PATH}`,
  });

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'forgegate-crash-'));
  tools = join(home, 'tools');
  mkdirSync(tools);
  // Kills whoever started it, before or after it has made a repository, when a test wants it
  writeFileSync(
    join(tools, 'git'),
    `#!/bin/sh
case " $* " in *" init "*)
  if rm '${home}/kill-before-init' 2>/dev/null; then kill -9 $PPID; exit 1; fi
  if rm '${home}/kill-after-init' 2>/dev/null; then '${GIT}' "$@"; kill -9 $PPID; exit 1; fi
esac
exec '${GIT}' "$@"
`,
  );
  chmodSync(join(tools, 'git'), 0o755);
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  gateway = await start();
});
afterEach(async () => {
  await gateway.kill();
  await client.end();
  await database.drop();
  rmSync(home, { recursive: true, force: true });
});

const directory = (name = '') => join(home, 'repos', name);
const make = (repo_name: string) => gateway.call('create_repo', { repo_name, repo_type: 'git' });

async function until(what: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Lets the transaction of a call come to its commit, which never ends, and kills the gateway there. */
async function killAtCommit(
  change: keyof typeof CHANGES,
  onDisk: () => boolean,
  call: () => Promise<unknown>,
) {
  await client.query(`
    CREATE FUNCTION stand_still() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(600); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER stand_still ${CHANGES[change]} DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION stand_still()`);
  const outcome = call().then(
    () => 'answered',
    () => 'broken off',
  );
  const sleeping = async () => {
    const { rows } = await client.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()`,
    );
    return rows.map(({ pid }) => pid);
  };
  await until(async () => (await sleeping()).length > 0);
  expect(onDisk()).toBe(true);
  await gateway.kill();
  expect(await outcome).toBe('broken off');
  // What the server does as soon as it sees that its client is gone
  for (const pid of await sleeping()) await client.query('SELECT pg_terminate_backend($1)', [pid]);
  await until(async () => (await sleeping()).length === 0);
  await client.query('DROP FUNCTION stand_still CASCADE');
}

async function jobsHaveEnded(): Promise<void> {
  await until(async () => {
    const { rows } = await client.query(`SELECT 1 FROM job WHERE state IN ('pending', 'running')`);
    return rows.length === 0;
  });
}

async function eventsOf(type: string): Promise<number> {
  const { rows } = await client.query('SELECT 1 FROM event WHERE type = $1', [type]);
  return rows.length;
}

/** Rows and directories name the same repositories, and nothing else is left over. */
async function diskAndDatabaseAgree(names: string[]): Promise<void> {
  const { rows } = await client.query<{ repo_name: string; repo_state: string }>(
    'SELECT repo_name, repo_state FROM repo ORDER BY repo_name',
  );
  expect(rows).toEqual(
    names.toSorted().map((repo_name) => ({ repo_name, repo_state: 'repo_state_created' })),
  );
  for (const name of names) expect(existsSync(join(directory(name), 'HEAD'))).toBe(true);
  const tops = new Set(names.map((name) => name.split('/')[0]));
  await until(() => readdirSync(directory()).every((entry) => tops.has(entry)));
  expect(await gateway.call('rescan_repos')).toEqual({ added: [], removed: [] });
  const { rows: moves } = await client.query('SELECT * FROM directory_move');
  expect(moves).toEqual([]);
}

describe('kill -9 between a moved directory and its commit', () => {
  beforeEach(() => make('proj'));

  it('brings a renamed repository back to its old place', async () => {
    await killAtCommit(
      'rename',
      () => existsSync(directory('renamed')),
      () => gateway.call('update_repo', { repoid: 'proj', name: 'renamed' }),
    );
    gateway = await start();
    await diskAndDatabaseAgree(['proj']);
    await gateway.call('update_repo', { repoid: 'proj', name: 'renamed' });
    await diskAndDatabaseAgree(['renamed']);
  });

  it('brings a deleted repository and its forks back', async () => {
    await gateway.call('fork_repo', { repoid: 'proj', fork_name: 'fork' });
    await killAtCommit(
      'delete',
      () => readdirSync(directory()).filter((entry) => entry.startsWith('rm__')).length === 2,
      () => gateway.call('delete_repo', { repoid: 'proj', forks: 'delete' }),
    );
    gateway = await start();
    await diskAndDatabaseAgree(['proj', 'fork']);
    expect(await eventsOf('repo.deleted')).toBe(0);
    await gateway.call('delete_repo', { repoid: 'proj', forks: 'delete' });
    expect(await eventsOf('repo.deleted')).toBe(2);
  });
});

describe('kill -9 while a repository is created', () => {
  it.each(['kill-before-init', 'kill-after-init'])('goes on where it was (%s)', async (moment) => {
    writeFileSync(join(home, moment), '');
    await expect(make('new')).rejects.toThrow();
    await gateway.kill();
    const { rows } = await client.query('SELECT repo_state FROM repo');
    expect(rows).toEqual([{ repo_state: 'repo_state_pending' }]);
    expect(readdirSync(directory()).length).toBe(moment === 'kill-after-init' ? 2 : 1);
    gateway = await start();
    await jobsHaveEnded();
    await diskAndDatabaseAgree(['new']);
    expect(await eventsOf('repo.created')).toBe(1);
    expect(await gateway.call('get_jobs', { kind: 'create_repo' })).toMatchObject({
      jobs: [{ state: 'succeeded', attempts: 2 }],
    });
  });

  it('finishes what lies on disk complete', async () => {
    await killAtCommit(
      'create',
      () => existsSync(join(directory('new'), 'HEAD')),
      () => make('new'),
    );
    gateway = await start();
    await jobsHaveEnded();
    await diskAndDatabaseAgree(['new']);
    expect(await eventsOf('repo.created')).toBe(1);
  });

  it('takes it away, with its row, when it fails in the end', async () => {
    const sandbox = new VcsSandbox();
    const silent = await RemoteServer.start('git', sandbox.root, { isSilent: true });
    const clone_uri = silent.url('nothing.git');
    await gateway.call('create_repo', { repo_name: 'new', repo_type: 'git', clone_uri, wait: false });
    await until(() => silent.requests.length > 0);
    await gateway.kill();
    expect(readdirSync(directory()).toSorted()).toEqual([expect.stringMatching(/^\.forgegate-new-/), 'new']);
    await silent.close();
    gateway = await start();
    await jobsHaveEnded();
    await diskAndDatabaseAgree([]);
    expect(await eventsOf('repo.failed')).toBe(1);
    await make('new');
    sandbox.remove();
  });

  it('sweeps up what nobody makes any more', async () => {
    await gateway.stop();
    mkdirSync(directory('.forgegate-new-0123456789abcdef-x'), { recursive: true });
    gateway = await start();
    await diskAndDatabaseAgree([]);
  });
});

describe('kill -9 during a transfer', () => {
  it('clones and pulls after the restart', async () => {
    const sandbox = new VcsSandbox();
    execFileSync(GIT, ['init', '-q', '--bare', sandbox.path('source.git')]);
    const first = await sandbox.commit('git', sandbox.path('source.git'));
    let release = () => {};
    const shut = () => new Promise<void>((resolve) => (release = resolve));
    const gate: RemoteServerOptions = { until: shut() };
    const remote = await RemoteServer.start('git', sandbox.root, gate);
    const clone_uri = remote.url('source.git');
    /** Kills the gateway when it has asked the remote, and lets the remote answer the next one. */
    const killWhileAsking = async () => {
      await until(() => remote.requests.length > 0);
      await gateway.kill();
      remote.requests.length = 0;
      gateway = await start();
      await until(() => remote.requests.length > 0);
    };
    const lastOf = async () =>
      (await gateway.call<{ last_changeset: { raw_id: string } }>('get_repo', { repoid: 'mirror' }))
        .last_changeset.raw_id;

    await gateway.call('create_repo', { repo_name: 'mirror', repo_type: 'git', clone_uri, wait: false });
    await killWhileAsking();
    expect(await gateway.call('get_repo', { repoid: 'mirror' })).toMatchObject({
      repo_state: 'repo_state_pending',
    });
    release();
    await jobsHaveEnded();
    expect(await lastOf()).toBe(first);
    await diskAndDatabaseAgree(['mirror']);
    expect(await eventsOf('repo.created')).toBe(1);

    const second = await sandbox.commit('git', sandbox.path('source.git'));
    gate.until = shut();
    remote.requests.length = 0;
    await gateway.call('pull', { repoid: 'mirror', wait: false });
    await killWhileAsking();
    release();
    await jobsHaveEnded();
    expect(await lastOf()).toBe(second);
    expect(await eventsOf('repo.pulled')).toBe(1);
    await remote.close();
    sandbox.remove();
  });
});
