import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf, Client } from '../harness/client.js';
import { GatewayProcess } from '../harness/gateway-process.js';

const COMMITS = 100_000;
const REFS = 5_000;
/** What a push of any number may add to the gateway. */
const ROOM_MIB = 300;

let home: string;
let gateway: GatewayProcess;
let client: Client;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'forgegate-large-pushes-'));
  gateway = await GatewayProcess.start(home);
  client = new Client();
  await gateway.call('create_repo', { repo_name: 'large', repo_type: 'git' });
});
afterAll(async () => {
  await gateway.stop();
  client.remove();
  await rm(home, { recursive: true, force: true });
});

const address = () => addressOf(gateway, 'large', 'admin', gateway.adminKey);
const residentMiB = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway.pid}/status`, 'utf8'))?.[1]) / 1024;

/** @returns how much more the gateway had at most */
async function growthMiB(work: () => Promise<unknown>): Promise<number> {
  const before = residentMiB();
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, residentMiB())), 50);
  await work().finally(() => clearInterval(timer));
  return peak - before;
}

interface Pushed {
  ref_count: number;
  refs: { name: string; commit_count: number | null; commits: { message: string }[]; new: string }[];
}
async function lastPush(): Promise<Pushed> {
  const { events } = await gateway.call<{ events: { type: string; data: Pushed }[] }>('get_events', {
    event_types: ['repo.pushed'],
    limit: 100,
  });
  return (events.at(-1) as { data: Pushed }).data;
}

/** A history of one file, made without a process for each commit. */
async function manyCommits(): Promise<void> {
  await client.git('.', 'init', '-q', '-b', 'main', 'work');
  const child = spawn('git', ['-C', client.path('work'), 'fast-import', '--quiet'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  for (let number = 1; number <= COMMITS; number += 1) {
    const message = `Number ${number}\n`;
    const commit =
      `commit refs/heads/main\ncommitter Ada <ada@example.com> ${1_700_000_000 + number} +0000\n` +
      `data ${message.length}\n${message}M 100644 inline f${number % 100}\ndata ${String(number).length}\n${number}\n`;
    if (!child.stdin.write(commit)) await once(child.stdin, 'drain');
  }
  child.stdin.end();
  await once(child, 'close');
}

describe('a push', () => {
  it('of 100,000 commits is told with its count and the newest ones, in little memory', async () => {
    await manyCommits();
    const growth = await growthMiB(() => client.git('work', 'push', '-q', address(), 'main'));
    const { ref_count, refs } = await lastPush();
    expect(ref_count).toBe(1);
    expect(refs[0]).toMatchObject({ name: 'main', commit_count: COMMITS });
    expect(refs[0]?.commits.map(({ message }) => message.trim())).toEqual(
      Array.from({ length: 50 }, (_, index) => `Number ${COMMITS - 49 + index}`),
    );
    expect(growth).toBeLessThan(ROOM_MIB);
  }, 600_000);

  it('of thousands of branches and tags is told with their count and the first of them', async () => {
    const ids = (await client.git('work', 'rev-list', '--max-count=10', 'main')).split('\n');
    const updates = Array.from({ length: REFS }, (_, index) => {
      const kind = index % 2 === 0 ? 'heads' : 'tags';
      return `create refs/${kind}/many-${index} ${ids[index % ids.length]}\n`;
    });
    client.write('updates', updates.join(''));
    await client.run('git', 'work', ['-c', 'alias.take=!git update-ref --stdin < ../updates', 'take']);
    const growth = await growthMiB(() =>
      client.git('work', 'push', '-q', address(), 'refs/heads/many-*:refs/heads/many-*', '--tags'),
    );
    const { ref_count, refs } = await lastPush();
    expect(ref_count).toBe(REFS);
    expect(refs).toHaveLength(1_000);
    expect(growth).toBeLessThan(ROOM_MIB);
    const shown = await gateway.call<{ branches: object; tags: object }>('get_repo_refs', {
      repoid: 'large',
    });
    expect([Object.keys(shown.branches).length, Object.keys(shown.tags).length]).toEqual([
      REFS / 2 + 1,
      REFS / 2,
    ]);
    // All are gone again in one push
    const gone = await growthMiB(async () => {
      const names = Array.from({ length: REFS / 2 }, (_, index) => `:refs/heads/many-${index * 2}`);
      await client.git('work', 'push', '-q', address(), ...names);
    });
    expect(await lastPush()).toMatchObject({ ref_count: REFS / 2 });
    expect(gone).toBeLessThan(ROOM_MIB);
  }, 600_000);
});
