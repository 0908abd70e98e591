import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  runningEmbeddedPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres.js';
import { othersCanEnter } from '../../src/database/embedded/reach.js';
import { kill, startOwner } from './embedded-owner.js';

const isRoot = process.getuid?.() === 0;
const isLinux = process.platform === 'linux';
const treeIsOpen = await othersCanEnter(dirname(fileURLToPath(import.meta.url)));

let home: string;
const started: EmbeddedPostgres[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'fg-embedded-'));
  chmodSync(home, 0o755);
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
  rmSync(home, { recursive: true, force: true });
});

async function start(folder = home): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ home: folder, log: () => undefined });
  started.push(server);
  return server;
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

function postmasterPid(): number {
  return Number(readFileSync(join(home, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !isLinux || readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] !== 'Z';
}

const untilGone = (pid: number) =>
  vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 15_000, interval: 20 });

describe('the embedded PostgreSQL', () => {
  it('keeps its data from start to start, and leaves nothing running', async () => {
    const first = await start();
    await query(first.url, `CREATE TABLE kept AS SELECT 'Ünicode' AS word`);
    expect(await runningEmbeddedPostgres(home)).toBe(first.url);
    const pid = postmasterPid();
    await first.stop();
    await first.exited;
    expect(isAlive(pid)).toBe(false);
    expect(await runningEmbeddedPostgres(home)).toBeNull();

    const second = await start();
    expect(second.dataDir).toBe(first.dataDir);
    expect(await query(second.url, 'SELECT lower(word) AS word FROM kept')).toEqual([{ word: 'ünicode' }]);
    const [settings] = await query(
      second.url,
      `SELECT current_setting('fsync') AS fsync, current_setting('data_checksums') AS checksums,
              current_setting('server_encoding') AS encoding, current_setting('listen_addresses') AS addresses`,
    );
    expect(settings).toEqual({ fsync: 'on', checksums: 'on', encoding: 'UTF8', addresses: '' });
  });

  it('refuses a second gateway on the same home and names the first', async () => {
    await start();
    await expect(start()).rejects.toThrow(`Another gateway (process ${process.pid}) already runs on ${home}`);
  });

  it('lets exactly one win when several start at once', async () => {
    const owners = await Promise.all([startOwner(home), startOwner(home), startOwner(home)]);
    expect(owners.filter((owner) => owner.said.startsWith('postgres://'))).toHaveLength(1);
    expect(owners.filter((owner) => owner.said.startsWith('refused: Another gateway'))).toHaveLength(2);
    const pid = postmasterPid();
    for (const owner of owners) if (owner.process.exitCode === null) owner.process.kill('SIGKILL');
    await untilGone(pid);
  });

  it('serves several homes side by side', async () => {
    const [one, two] = await Promise.all([start(join(home, 'one')), start(join(home, 'two'))]);
    await query(one.url, 'CREATE TABLE only_here ()');
    expect(await query(two.url, `SELECT to_regclass('only_here') AS found`)).toEqual([{ found: null }]);
  });

  it('ends with its gateway when that is killed, and starts again with everything committed', async () => {
    const owner = await startOwner(home);
    await query(owner.said, 'CREATE TABLE kept AS SELECT 1 AS one');
    const pid = postmasterPid();
    await kill(owner);
    await untilGone(pid);
    expect(await query((await start()).url, 'SELECT * FROM kept')).toEqual([{ one: 1 }]);
  });

  it('starts at once after a kill, while the old server is still going down', async () => {
    const owner = await startOwner(home);
    await query(owner.said, 'CREATE TABLE kept AS SELECT 1 AS one');
    await kill(owner);
    expect(await query((await start()).url, 'SELECT * FROM kept')).toEqual([{ one: 1 }]);
  });

  it('recovers when the server was killed too', async () => {
    const owner = await startOwner(home);
    await query(owner.said, 'CREATE TABLE kept AS SELECT 1 AS one');
    process.kill(postmasterPid(), 'SIGKILL');
    await kill(owner);
    expect(await query((await start()).url, 'SELECT * FROM kept')).toEqual([{ one: 1 }]);
  });

  it.runIf(isLinux)('ends a server whose gateway and watchdog were killed, and starts its own', async () => {
    const owner = await startOwner(home);
    await query(owner.said, 'CREATE TABLE kept AS SELECT 1 AS one');
    const orphan = postmasterPid();
    const stat = readFileSync(`/proc/${orphan}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    for (const watcher of shellsOfGroup(Number(stat[2]))) process.kill(watcher, 'SIGKILL');
    await kill(owner);
    expect(isAlive(orphan)).toBe(true);
    expect(await query((await start()).url, 'SELECT * FROM kept')).toEqual([{ one: 1 }]);
    expect(isAlive(orphan)).toBe(false);
  });

  it('takes no notice of a pid file whose number belongs to another program now', async () => {
    const first = await start();
    const file = join(first.dataDir, 'postmaster.pid');
    const content = readFileSync(file, 'utf8');
    await first.stop();
    writeFileSync(file, content.replace(/^\d+/, String(process.ppid)));
    await expect(start()).resolves.toMatchObject({ url: first.url });
  });

  it('puts its sockets elsewhere when their path would be too long', async () => {
    const deep = join(home, 'x'.repeat(60), 'y'.repeat(60));
    const server = await start(deep);
    const folder = decodeURIComponent(server.url).split('host=')[1] ?? '';
    expect(folder).toMatch(/^\/tmp\/forgegate-[0-9a-f]{12}$/);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it.runIf(isRoot)(
    'works as root in a home that others cannot enter, and says where the data is',
    async () => {
      chmodSync(home, 0o700);
      const server = await start();
      const base = dirname(server.dataDir);
      try {
        expect(base).toMatch(/^\/var\/lib\/forgegate\/[0-9a-f]{12}$/);
        expect(server.note).toContain(`its data lives in ${base}`);
        await query(server.url, 'CREATE TABLE kept AS SELECT 1 AS one');
        await server.stop();
        expect(await query((await start()).url, 'SELECT * FROM kept')).toEqual([{ one: 1 }]);
      } finally {
        await Promise.all(started.splice(0).map((one) => one.stop()));
        rmSync(base, { recursive: true, force: true });
      }
    },
  );

  it.runIf(isRoot && treeIsOpen)('works as an ordinary user, and root can take over later', async () => {
    // `daemon`: initdb wants a user with a name
    const user = { uid: 1, gid: 1 };
    chownSync(home, user.uid, user.gid);
    const owner = await startOwner(home, user);
    await query(owner.said, 'CREATE TABLE kept AS SELECT 1 AS one');
    const pid = postmasterPid();
    await kill(owner);
    await untilGone(pid);
    expect(await query((await start()).url, 'SELECT * FROM kept')).toEqual([{ one: 1 }]);
  });
});

/** The watchdog: a shell, and the reader it forked. */
function shellsOfGroup(group: number): number[] {
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return numbers.map(Number).filter((pid) => {
    try {
      const [name, rest] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
      return name?.endsWith('(sh') && Number(rest?.split(' ')[2]) === group;
    } catch {
      return false;
    }
  });
}
