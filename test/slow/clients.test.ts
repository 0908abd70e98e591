import { createCipheriv, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf, Client } from '../harness/client.js';
import { GatewayProcess } from '../harness/gateway-process.js';
import { hasHg, REPO_TYPES, skippedTitle } from '../harness/vcs-sandbox.js';

const MIB = 1024 * 1024;
const SIZE_MIB = 200;
/** What a transfer of any size may add to the gateway, whose heap alone moves by some ten. */
const ROOM_MIB = 100;

let home: string;
let gateway: GatewayProcess;
let client: Client;

const address = (repo: string) => addressOf(gateway, repo, 'admin', gateway.adminKey);
const create = (repo_name: string, repo_type: string) =>
  gateway.call('create_repo', { repo_name, repo_type });

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'forgegate-clients-'));
  gateway = await GatewayProcess.start(home);
  client = new Client();
});
afterAll(async () => {
  await gateway.stop();
  client.remove();
  await rm(home, { recursive: true, force: true });
});

/** Resident memory of the gateway's own process. */
const residentMiB = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${gateway.pid}/status`, 'utf8'))?.[1]) / 1024;

/** @returns the most that the gateway had while the work went on */
async function peakMiB(work: () => Promise<unknown>): Promise<number> {
  let peak = residentMiB();
  const timer = setInterval(() => (peak = Math.max(peak, residentMiB())), 50);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return peak;
}

/** Bytes that no program can compress, the same in every run. */
function noise(bytes: number, seed: string): Buffer {
  const key = createHash('sha256').update(seed).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(bytes));
}

describe.each(REPO_TYPES)('%s', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    const push = (at: string, repo: string) =>
      client.run(type, at, type === 'git' ? ['push', address(repo), 'HEAD:main'] : ['push', address(repo)]);

    it(`moves ${SIZE_MIB} MiB both ways, of which the gateway keeps next to nothing`, async () => {
      const repo = `large-${type}`;
      await create(repo, type);
      await client.run(type, '.', ['clone', address(repo), repo]);
      // Compressing noise takes long, and is the client's business
      if (type === 'git') await client.git(repo, 'config', 'core.compression', '0');
      let last = '';
      for (let file = 0; file < SIZE_MIB / 20; file += 1)
        last = await client.commit(type, repo, `file${file}`, noise(20 * MIB, `${type} ${file}`));
      const before = residentMiB();
      const pushing = await peakMiB(() => push(repo, repo));
      const cloning = await peakMiB(() => client.run(type, '.', ['clone', address(repo), `${repo}-copy`]));
      const id = await (type === 'git'
        ? client.git(`${repo}-copy`, 'rev-parse', 'HEAD')
        : client.hg(`${repo}-copy`, 'log', '-r', 'tip', '-T', '{node}'));
      expect(id).toBe(last);
      expect(Math.max(pushing, cloning) - before, `${before}, ${pushing}, ${cloning} MiB`).toBeLessThan(
        ROOM_MIB,
      );
    }, 1_200_000);

    it('takes ten pushes at once to ten repositories', async () => {
      const names = Array.from({ length: 10 }, (_none, index) => `at-once-${type}-${index}`);
      const ids = new Map<string, string>();
      for (const name of names) {
        await create(name, type);
        await client.run(type, '.', ['clone', address(name), name]);
        ids.set(name, await client.commit(type, name, 'a.bin', noise(MIB, name)));
      }
      await Promise.all(names.map((name) => push(name, name)));
      for (const name of names) {
        const { last_changeset } = await gateway.call<{ last_changeset: { raw_id: string } }>('get_repo', {
          repoid: name,
        });
        expect(last_changeset.raw_id).toBe(ids.get(name));
      }
    });
  });
});
