import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../src/database/database.js';
import { addressOf, Client } from '../harness/client.js';
import { programsIn } from '../harness/processes.js';
import { followEvents } from '../harness/recorded-events.js';
import { hasHg, skippedTitle } from '../harness/vcs-sandbox.js';
import { basic } from '../harness/web.js';
import { NEW_BRANCH, openPush, packHeader, RawClient } from './raw-client.js';
import { Target } from './target.js';

const MAX_PUSH_BYTES = 300_000;
const IDLE_MS = 1_000;
const PLACES = 4;
const KIB = 1024;
const MIB = 1024 * KIB;

let target: Target;
let client: Client;
beforeAll(async () => {
  target = await Target.start({
    FORGEGATE_MAX_PUSH_BYTES: String(MAX_PUSH_BYTES),
    FORGEGATE_TRANSFER_IDLE_TIMEOUT_MS: String(IDLE_MS),
    FORGEGATE_TRANSFER_TIMEOUT_MS: '4000',
    FORGEGATE_TRANSFER_CONCURRENCY: String(PLACES),
    FORGEGATE_TRANSFER_WAIT_MS: '0',
  });
  client = new Client();
  await target.repository('proj', 'git');
  if (hasHg) await target.repository('proj-hg', 'hg');
});
afterAll(async () => {
  client.remove();
  await target.close();
});

const address = (repo: string) => addressOf(target.gateway, repo, 'admin', target.gateway.adminKey);
const directory = (repo: string) => join(target.gateway.settings.repoRoot, repo);
const running = async () => {
  const text = await (await fetch(`${target.gateway.url}/_admin/metrics`)).text();
  const counts = [...text.matchAll(/^vcs_requests_running\{[^}]*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
};

/** What a push that came to nothing must not leave. */
async function leftovers(repo: string): Promise<unknown[]> {
  await expect.poll(running, { timeout: 10_000 }).toBe(0);
  const files = readdirSync(directory(repo), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /tmp_|incoming|\.lock$|quarantine|journal$|bundle/.test(name),
  );
  const rows = await target.gateway.app
    .get(Database)
    .query('SELECT push_id::text FROM push UNION ALL SELECT push_id::text FROM ref_change');
  const programs = () =>
    programsIn(target.gateway.settings.repoRoot, /receive-pack|index-pack|unpack-objects/);
  await expect.poll(() => programs().map(({ args }) => args), { timeout: 10_000 }).toEqual([]);
  return [...files, ...rows];
}
const branches = async (repo: string) =>
  Object.keys(
    (await target.gateway.call<{ branches: object }>('get_repo_refs', { repoid: repo })).branches,
  ).sort();

/** An object in a pack: its kind and size, and what stands in front of the compressed text. */
function packed(kind: number, size: number, text: Buffer, before = Buffer.alloc(0)): Buffer {
  const head: number[] = [];
  let [bits, rest] = [size % 16, Math.floor(size / 16)];
  let first = (kind << 4) | bits;
  while (rest > 0) {
    head.push(first | 0x80);
    bits = rest % 128;
    rest = Math.floor(rest / 128);
    first = bits;
  }
  head.push(first);
  return Buffer.concat([Buffer.from(head), before, deflateSync(text, { level: 9 })]);
}

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 0x80, ...varint(Math.floor(value / 128))];

/** 16 KiB of zeros, and a delta that copies them until they are larger than any memory that git may ask for. */
function deltaBomb(): Buffer {
  const base = Buffer.alloc(16 * MIB);
  const copies = 100;
  // Copies 0xffffff bytes from the beginning
  const copy = Buffer.from([0xf0, 0xff, 0xff, 0xff]);
  const delta = Buffer.concat([
    Buffer.from(varint(base.length)),
    Buffer.from(varint(copies * 0xffffff)),
    ...Array.from({ length: copies }, () => copy),
  ]);
  const id = createHash('sha1').update(`blob ${base.length}\0`).update(base).digest();
  const body = Buffer.concat([
    packHeader(2),
    packed(3, base.length, base),
    packed(7, delta.length, delta, id),
  ]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

describe('a push of git', () => {
  it('that never ends is cut at the limit, says why, and leaves nothing', async () => {
    const events = await followEvents(target.gateway);
    const push = await openPush(target.gateway, 'proj');
    await push.chunk(NEW_BRANCH);
    await push.chunk(packHeader(1000));
    const endless = packed(3, 8 * MIB, randomBytes(8 * MIB));
    for (let at = 0; push.text === ''; at += 64 * KIB) await push.chunk(endless.subarray(at, at + 64 * KIB));
    expect(push.text).toMatch(/pack exceeds maximum allowed size/);
    push.leave();
    expect(await leftovers('proj')).toEqual([]);
    expect(await events()).toEqual([]);
    expect(await branches('proj')).toEqual(['feature', 'main']);
  });

  it('of one large file is refused with the reason by its own client', async () => {
    await client.git('.', 'clone', '-q', address('proj'), 'large');
    await client.commit('git', 'large', 'a.bin', randomBytes(2 * MAX_PUSH_BYTES));
    const { code, stderr } = await client.try('git', 'large', ['push', 'origin', 'HEAD']);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/pack exceeds maximum allowed size|more than \d+ bytes/);
    expect(target.leaks(stderr)).toBe(false);
    expect(await leftovers('proj')).toEqual([]);
  });

  it('of a few bytes that make gigabytes of them is refused before they are made', async () => {
    const push = await openPush(target.gateway, 'proj');
    await push.chunk(NEW_BRANCH);
    await push.chunk(deltaBomb());
    await push.chunk(Buffer.alloc(0));
    const answer = await push.answer();
    expect(answer).toContain('unpack');
    expect(answer).not.toContain('unpack ok');
    expect(target.leaks(answer)).toBe(false);
    expect(await leftovers('proj')).toEqual([]);
    expect(await branches('proj')).toEqual(['feature', 'main']);
  });

  it('whose compressed request is larger than it looks is cut at the same limit', async () => {
    const body = gzipSync(Buffer.concat([NEW_BRANCH, packHeader(1), Buffer.alloc(64 * MIB)]));
    expect(body.length).toBeLessThan(MAX_PUSH_BYTES);
    const response = await fetch(`${target.gateway.url}/proj/git-receive-pack`, {
      method: 'POST',
      headers: {
        ...basic(target.gateway.adminKey, ''),
        'content-type': 'application/x-git-receive-pack-request',
        'content-encoding': 'gzip',
      },
      body,
    }).catch(() => null);
    if (response) expect(await response.text()).not.toContain('unpack ok');
    expect(await leftovers('proj')).toEqual([]);
    expect(await branches('proj')).toEqual(['feature', 'main']);
  });

  it('of more commands than anybody has is cut too', async () => {
    const push = await openPush(target.gateway, 'proj');
    const line = NEW_BRANCH.subarray(0, -4);
    const many = Buffer.concat(Array.from({ length: 5_000 }, () => line));
    while (push.text === '') await push.chunk(many);
    expect(push.text).toMatch(/413 more than \d+ bytes/);
    push.leave();
    expect(await leftovers('proj')).toEqual([]);
  });

  it.each([
    ['stands still', 0],
    ['comes drop by drop', 200],
  ])('that %s ends, and gives its place back', async (_how, everyMs) => {
    const push = await openPush(target.gateway, 'proj');
    await push.chunk(NEW_BRANCH);
    await push.chunk(packHeader(1000));
    await expect.poll(running).toBe(1);
    const timer = everyMs > 0 ? setInterval(() => void push.chunk(Buffer.from('x')), everyMs) : undefined;
    await expect.poll(() => push.text, { timeout: 10_000 }).toContain('408');
    clearInterval(timer);
    push.leave();
    expect(await leftovers('proj')).toEqual([]);
    expect(await branches('proj')).toEqual(['feature', 'main']);
  });
});

describe('clients that take no end', () => {
  const slow = (key: string) =>
    RawClient.open(
      target.gateway,
      'POST /proj/git-receive-pack',
      { 'content-type': 'application/x-git-receive-pack-request', 'transfer-encoding': 'chunked' },
      key,
    );
  const status = async (key: string) =>
    fetch(`${target.gateway.url}/proj/info/refs?service=git-upload-pack`, { headers: basic(key, '') });

  it('take half of the places at most while they are one user, and then are asked to wait', async () => {
    const { key } = await target.gateway.createUser('slow');
    await target.gateway.call('grant_user_permission', {
      repoid: 'proj',
      userid: 'slow',
      perm: 'repository.write',
    });
    const taken = await Promise.all(Array.from({ length: PLACES / 2 }, () => slow(key)));
    await expect.poll(running).toBe(PLACES / 2);
    const refused = await status(key);
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([503, true]);
    const other = await status(target.gateway.adminKey);
    expect(other.status).toBe(200);
    await other.arrayBuffer();
    await expect.poll(running).toBe(PLACES / 2);
    taken.push(
      ...(await Promise.all(Array.from({ length: PLACES / 2 }, () => slow(target.gateway.adminKey)))),
    );
    await expect.poll(running).toBe(PLACES);
    const full = await status(target.gateway.adminKey);
    expect([full.status, full.headers.get('retry-after'), await full.text()]).toEqual([
      503,
      '5',
      expect.stringContaining('too many') as string,
    ]);
    for (const each of taken) each.leave();
    expect(await leftovers('proj')).toEqual([]);
    expect((await status(key)).status).toBe(200);
  });

  it('and read nothing are given up, with the program that talked to them', async () => {
    await target.gateway.call('create_repo', { repo_name: 'long', repo_type: 'git' });
    await client.git('.', 'init', '-q', '-b', 'main', 'long');
    await client.commit('git', 'long', 'a.bin', randomBytes(24 * MIB));
    await client.git('long', 'push', '-q', directory('long'), 'main');
    const id = await client.git('long', 'rev-parse', 'HEAD');
    const line = (text: string) => (text.length + 4).toString(16).padStart(4, '0') + text;
    const body = `${line(`want ${id} side-band-64k ofs-delta\n`)}0000${line('done\n')}`;
    const reader = await RawClient.open(target.gateway, 'POST /long/git-upload-pack', {
      'content-type': 'application/x-git-upload-pack-request',
      'transfer-encoding': 'chunked',
    });
    reader.stopReading();
    await reader.chunk(Buffer.from(body));
    await reader.chunk(Buffer.alloc(0));
    await expect.poll(running).toBe(1);
    const programs = () => programsIn(directory('long'), /upload-pack/).length;
    await expect.poll(programs).toBeGreaterThan(0);
    await expect.poll(running, { timeout: 10_000 }).toBe(0);
    await expect.poll(programs, { timeout: 10_000 }).toBe(0);
    reader.leave();
  });
});

describe.skipIf(!hasHg)(`a bundle of ${skippedTitle('hg')}`, () => {
  const push = async (body: Buffer) => {
    const response = await fetch(`${target.gateway.url}/proj-hg?cmd=unbundle&heads=666f726365`, {
      method: 'POST',
      headers: { ...basic(target.gateway.adminKey, ''), 'content-type': 'application/mercurial-0.1' },
      body,
    });
    return { status: response.status, text: await response.text() };
  };
  const number = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return bytes;
  };
  /** A part that nobody needs to understand, of zeros. */
  function bundleBomb(): Buffer {
    const name = Buffer.from('bomb');
    const header = Buffer.concat([Buffer.from([name.length]), name, number(0), Buffer.from([0, 0])]);
    const piece = Buffer.concat([number(MIB), Buffer.alloc(MIB)]);
    const parts = Buffer.concat([number(header.length), header, ...Array.from({ length: 200 }, () => piece)]);
    const parameters = Buffer.from('Compression=GZ');
    return Buffer.concat([
      Buffer.from('HG20'),
      number(parameters.length),
      parameters,
      deflateSync(parts, { level: 9 }),
    ]);
  }

  it('that is larger than it looks is cut at the limit, with the reason', async () => {
    const bomb = bundleBomb();
    expect(bomb.length).toBeLessThan(MAX_PUSH_BYTES);
    const { text } = await push(bomb);
    expect(text).toContain(`a transfer may have ${MAX_PUSH_BYTES} bytes at most`);
    expect(target.leaks(text)).toBe(false);
    expect(await leftovers('proj-hg')).toEqual([]);
  });

  it('that is too large is not read at all, and one without a length is not begun', async () => {
    const { status, text } = await push(Buffer.alloc(MAX_PUSH_BYTES + 1));
    expect([status, text]).toEqual([413, expect.stringContaining(`${MAX_PUSH_BYTES} bytes`)]);
    const endless = await RawClient.open(target.gateway, 'POST /proj-hg?cmd=unbundle&heads=666f726365', {
      'transfer-encoding': 'chunked',
    });
    await expect.poll(() => endless.text).toContain('411');
    endless.leave();
    expect(await leftovers('proj-hg')).toEqual([]);
  });

  it('that stands still ends, and gives its place back', async () => {
    const push = await RawClient.open(target.gateway, 'POST /proj-hg?cmd=unbundle&heads=666f726365', {
      'content-length': '200000',
      'content-type': 'application/mercurial-0.1',
    });
    await expect.poll(running).toBe(1);
    await expect.poll(() => push.text, { timeout: 10_000 }).toContain('408');
    push.leave();
    expect(await leftovers('proj-hg')).toEqual([]);
    expect(await branches('proj-hg')).toEqual(['default', 'feature']);
  });

  it.each(['HG10GZ', 'HG10UN', 'HG20\0\0\0\0', 'nonsense'])(
    'that begins with %s and is none is refused',
    async (magic) => {
      const { text } = await push(Buffer.concat([Buffer.from(magic), randomBytes(KIB)]));
      expect(target.leaks(text)).toBe(false);
      expect(await leftovers('proj-hg')).toEqual([]);
      expect(await branches('proj-hg')).toEqual(['default', 'feature']);
    },
  );
});
