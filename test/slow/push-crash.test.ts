import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressOf, Client } from '../harness/client.js';
import { GatewayProcess } from '../harness/gateway-process.js';
import { createTestDatabase } from '../harness/postgres.js';
import { hasHg } from '../harness/repositories.js';

const LOCK = 4711;
const RANDOM_KILLS = 6;

let home: string;
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let observer: pg.Client;
let gateway: GatewayProcess;
let client: Client;
const start = async () => {
  gateway = await GatewayProcess.start(home, { DATABASE_URL: database.url, FORGEGATE_JOB_LEASE_MS: '3000' });
};
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'forgegate-push-'));
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
  (
    await rows(
      `SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE d.datname = current_database() AND l.locktype = 'advisory' AND l.objid = ${LOCK} AND NOT l.granted`,
    )
  ).length > 0;

/** Where the gateway is when it dies, told by what its transaction waits for before its commit. */
const STAGES = {
  'while it writes down what comes': ['ref_change', 'INSERT'],
  'while it records the events': ['recorded_ref', 'INSERT'],
  'when the events are there': ['push', 'DELETE'],
} as const;

async function hold([table, operation]: readonly [string, string]): Promise<void> {
  await observer.query('SELECT pg_advisory_lock($1)', [LOCK]);
  await observer.query(`
    CREATE OR REPLACE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_advisory_xact_lock(${LOCK}); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER wait AFTER ${operation} ON ${table} DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION wait_for_test()`);
}

/** What the process had not committed goes with it. */
async function letGo([table]: readonly [string, string]): Promise<void> {
  await observer.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  await observer.query('SELECT pg_advisory_unlock($1)', [LOCK]);
  await observer.query(`DROP TRIGGER wait ON ${table}`);
}

describe.each(['git', 'hg'] as const)('kill -9 during a push (%s)', (type) => {
  const kills = ['the gateway', 'everything that it started too'] as const;
  const die = (what: (typeof kills)[number]) => (what === 'the gateway' ? gateway.kill() : gateway.killAll());

  async function prepare(): Promise<void> {
    await gateway.call('create_repo', { repo_name: 'proj', repo_type: type });
    if (type === 'git') {
      await client.git('.', 'init', '-q', '-b', 'main', 'work');
    } else await client.hg('.', 'init', 'work');
  }
  const push = () => {
    const address = addressOf(gateway, 'proj', 'admin', gateway.adminKey);
    return client.try(type, 'work', type === 'git' ? ['push', address, 'main'] : ['push', address]);
  };
  const onServer = () =>
    type === 'git'
      ? client.git('.', '--git-dir', join(home, 'repos', 'proj'), 'for-each-ref', '--format=%(objectname)')
      : client
          .hg('.', '-R', join(home, 'repos', 'proj'), 'log', '-r', 'default', '-T', '{node}')
          .catch(() => '');
  /** New values of the branch, in the order in which they were told. */
  const told = async () => {
    const events = await rows("SELECT body FROM event WHERE type = 'repo.pushed' ORDER BY event_id");
    return events.map(({ body }) => {
      const { data } = JSON.parse(body as string) as { data: { refs: { new: string }[]; source: string } };
      return { id: data.refs[0]?.new, source: data.source };
    });
  };
  const settled = () => until(async () => (await rows('SELECT FROM push')).length === 0);
  /** A git that was killed leaves the locks that it held. */
  const removeLocks = () => {
    const directory = join(home, 'repos', 'proj');
    if (type === 'hg') return;
    for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }))
      if (name.endsWith('.lock')) rmSync(join(directory, name));
  };

  it
    .skipIf(type === 'hg' && !hasHg)
    .each(
      Object.entries(STAGES).flatMap(([stage, held]) => kills.map((what) => [what, stage, held] as const)),
    )(
    'of %s %s changes nothing, or is told of after the restart, once',
    async (what, stage, held) => {
      await prepare();
      const id = await client.commit(type, 'work', 'a.txt', 'one');
      await hold(held);
      const pushed = push();
      await until(isWaiting);
      await die(what);
      await letGo(held);
      expect((await pushed).code).not.toBe(0);
      const isChanged = (await onServer()) === id;
      expect(isChanged).toBe(stage !== 'while it writes down what comes');
      await start();
      await settled();
      if (isChanged) {
        const source = held[0] === 'push' ? 'push' : 'recovered';
        expect(await told()).toEqual([{ id, source }]);
        expect(await gateway.call('get_repo', { repoid: 'proj' })).toMatchObject({
          last_changeset: { raw_id: id },
        });
      } else expect(await told()).toEqual([]);
      removeLocks();
      expect((await push()).code).toBe(isChanged && type === 'hg' ? 1 : 0);
      await settled();
      expect((await told()).map((event) => event.id)).toEqual([id]);
    },
    300_000,
  );

  it.skipIf(type === 'hg' && !hasHg).each(kills)(
    'of %s at any time: what changed is told, once, and nothing else',
    async (what) => {
      await prepare();
      const before = performance.now();
      let expected = [await client.commit(type, 'work', 'a.txt', '0')];
      expect((await push()).code).toBe(0);
      const usualMs = performance.now() - before;
      for (let round = 1; round <= RANDOM_KILLS; round += 1) {
        const id = await client.commit(type, 'work', 'a.txt', String(round));
        const pushed = push();
        await new Promise((resolve) =>
          setTimeout(resolve, (usualMs * (round + Math.random())) / RANDOM_KILLS),
        );
        await die(what);
        await pushed;
        await start();
        await settled();
        removeLocks();
        if ((await onServer()) === id) expected = [...expected, id];
        expect((await told()).map((event) => event.id)).toEqual(expected);
      }
    },
    900_000,
  );
});
