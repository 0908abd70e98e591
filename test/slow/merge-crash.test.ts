import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressOf, Client } from '../harness/client.js';
import { GatewayProcess } from '../harness/gateway-process.js';
import { createTestDatabase } from '../harness/postgres.js';
import { hasHg } from '../harness/repositories.js';

const LOCK = 4712;
const RANDOM_KILLS = 4;

let home: string;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let observer: pg.Client;
let gateway: GatewayProcess;
let client: Client;
const start = async () => {
  gateway = await GatewayProcess.start(home, { DATABASE_URL: database.url, FORGEGATE_JOB_LEASE_MS: '3000' });
};
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'forgegate-merge-crash-'));
  database = await createTestDatabase();
  observer = new pg.Client(database.url);
  await observer.connect();
  client = new Client();
  await start();
});
afterEach(async () => {
  await gateway.killAll();
  await observer.end();
  await database.drop();
  client.remove();
  rmSync(home, { recursive: true, force: true });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}
const rows = async (query: string) => (await observer.query<Record<string, unknown>>(query)).rows;
const isWaiting = async () =>
  (await rows("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"))
    .length > 0;

/** Where the gateway is when it dies, told by what its transaction waits for before its commit. */
const STAGES = {
  'while it announces the merge': ['ref_change', 'INSERT'],
  'when the branch has moved, and the pull request is not closed yet': ['pull_request', 'UPDATE'],
  'while it records the events of the move': ['recorded_ref', 'UPDATE'],
} as const;

async function hold([table, operation]: readonly [string, string]): Promise<void> {
  await observer.query('SELECT pg_advisory_lock($1)', [LOCK]);
  await observer.query(`
    CREATE OR REPLACE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_xact_lock(${LOCK}); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER wait AFTER ${operation} ON ${table} DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION wait_for_test()`);
}
async function letGo([table]: readonly [string, string]): Promise<void> {
  await observer.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  await observer.query('SELECT pg_advisory_unlock($1)', [LOCK]);
  await observer.query(`DROP TRIGGER wait ON ${table}`);
}

describe.each(['git', 'hg'] as const)('kill -9 during a merge (%s)', (type) => {
  const main = type === 'git' ? 'main' : 'default';
  let id: number;
  const address = () => addressOf(gateway, 'proj', 'admin', gateway.adminKey);
  const directory = () => join(home, 'repos', 'proj');

  async function prepare(): Promise<void> {
    await gateway.call('create_repo', { repo_name: 'proj', repo_type: type });
    if (type === 'git') await client.git('.', 'init', '-q', '-b', 'main', 'work');
    else await client.hg('.', 'init', 'work');
    await client.commit(type, 'work', 'base.txt', 'base');
    if (type === 'git') await client.git('work', 'checkout', '-q', '-b', 'feature');
    else await client.hg('work', 'branch', 'feature');
    await client.commit(type, 'work', 'feature.txt', 'feature');
    if (type === 'git') await client.git('work', 'checkout', '-q', 'main');
    else await client.hg('work', 'update', 'default');
    await client.commit(type, 'work', 'main.txt', 'main');
    await client.run(
      type,
      'work',
      type === 'git' ? ['push', '-q', address(), 'main', 'feature'] : ['push', '--new-branch', address()],
    );
    const made = await gateway.call<{ pull_request_id: number }>('create_pull_request', {
      source_repo: 'proj',
      target_repo: 'proj',
      source_ref: 'branch:feature',
      target_ref: `branch:${main}`,
    });
    id = made.pull_request_id;
  }
  const merge = () =>
    gateway.call<{ merge_commit_id: string }>('merge_pull_request', { pullrequestid: id }).catch(() => null);
  const head = () =>
    type === 'git'
      ? client.git('.', '--git-dir', directory(), 'rev-parse', 'refs/heads/main')
      : client.hg('.', '-R', directory(), 'log', '-r', 'default', '-T', '{node}');
  /** Merges that are in the branch. */
  const merges = async () => {
    const listed =
      type === 'git'
        ? await client.git('.', '--git-dir', directory(), 'rev-list', '--merges', 'main')
        : await client.hg('.', '-R', directory(), 'log', '-r', '::default and merge()', '-T', '{node}\n');
    return listed.split('\n').filter((line) => line !== '').length;
  };
  const told = async (what: string) => {
    const events = await rows(`SELECT body FROM event WHERE type = '${what}' ORDER BY event_id`);
    return events.map(({ body }) => (JSON.parse(body as string) as { data: Record<string, unknown> }).data);
  };
  const settled = () => until(async () => (await rows('SELECT FROM push')).length === 0);
  /** A git that was killed leaves the locks that it held. */
  const removeLocks = () => {
    if (type === 'hg') return;
    for (const name of readdirSync(directory(), { recursive: true, encoding: 'utf8' }))
      if (name.endsWith('.lock')) rmSync(join(directory(), name));
  };
  /** After a restart: told is what is there, once; and asking again brings it to its end. */
  async function expectWhole(before: string): Promise<void> {
    await start();
    await settled();
    const moved = (await head()) !== before;
    const pushes = (await told('repo.pushed')).filter(({ source }) => source !== 'push');
    expect(pushes.map(({ refs }) => (refs as { new: string }[])[0]?.new)).toEqual(
      moved ? [await head()] : [],
    );
    removeLocks();
    const { status } = await gateway.call<{ status: string }>('get_pull_request', { pullrequestid: id });
    if (status !== 'closed') {
      const merged = await gateway.call<{ merge_commit_id: string }>('merge_pull_request', {
        pullrequestid: id,
      });
      expect(merged.merge_commit_id).toBe(await head());
    }
    await settled();
    expect(await merges()).toBe(1);
    expect(await told('pull_request.merged')).toHaveLength(1);
    expect((await told('repo.pushed')).filter(({ source }) => source !== 'push')).toHaveLength(1);
  }

  it
    .skipIf(type === 'hg' && !hasHg)
    .each(
      Object.entries(STAGES).flatMap(([stage, held]) =>
        (['kill', 'killAll'] as const).map((how) => [stage, how, held] as const),
      ),
    )(
    '%s (%s): the merge is there with its event, once, or can be asked for again',
    async (_stage, how, held) => {
      await prepare();
      const before = await head();
      await hold(held);
      const merging = merge();
      await until(isWaiting);
      await gateway[how]();
      await letGo(held);
      await merging;
      await expectWhole(before);
    },
    300_000,
  );

  it.skipIf(type === 'hg' && !hasHg)(
    'at any time: the same',
    async () => {
      await prepare();
      const before = await head();
      for (let round = 0; round < RANDOM_KILLS; round += 1) {
        const merging = merge();
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
        await gateway.killAll();
        await merging;
        if ((await merges()) > 0 || round + 1 === RANDOM_KILLS) break;
        await start();
        await settled();
        removeLocks();
      }
      await expectWhole(before);
    },
    600_000,
  );
});
