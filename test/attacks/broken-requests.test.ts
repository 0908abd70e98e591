import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hasHg } from '../harness/repositories.js';
import { packetLine, RawClient } from './raw-client.js';
import { Target } from './target.js';

const REQUESTS = 1_500;
const AT_ONCE = 8;
const PATIENCE_MS = 1_500;
/** What is sent depends on it alone; another one by hand. */
const SEED = Number(process.env.SEED ?? 20_261_129);

interface Sent {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
}
interface Visit extends Sent {
  /** Sometimes the end of the body never comes. */
  isEnded: boolean;
  leavesAfterMs: number;
}

let target: Target;
let ids: { git: string; hg: string };
beforeAll(async () => {
  target = await Target.start();
  const git = await target.repository('g', 'git');
  const hg = hasHg ? await target.repository('h', 'hg') : git;
  ids = { git: git.ids[0] as string, hg: hg.ids[0] as string };
});
afterAll(() => target.close());

let state = SEED;
const random = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
const below = (count: number) => Math.floor(random() * count);
const oneOf = <Item>(list: readonly Item[]): Item => list[below(list.length)] as Item;
const chance = (part: number) => random() < part;

const ODD = [
  '',
  '0',
  '-1',
  '..',
  '%00',
  '%',
  'ä',
  'null',
  'a'.repeat(3_000),
  '"><x>',
  'HEAD^{tree}',
  ':/x',
  '*',
];
const HG_COMMANDS = [
  'capabilities', 'heads', 'branchmap', 'batch', 'between', 'changegroup', 'clonebundles', 'getbundle', 'known',
  'listkeys', 'lookup', 'pushkey', 'stream_out', 'unbundle',
]; // prettier-ignore

/** What clients send, as it should be. */
function whole(): Sent {
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const id = oneOf([ids.git, ids.hg, 'f'.repeat(40)]);
  const git = (service: string, body: string): Sent => ({
    method: 'POST',
    path: `/g/git-${service}`,
    headers: {
      'content-type': `application/x-git-${service}-request`,
      'git-protocol': `version=${oneOf([0, 1, 2])}`,
    },
    body: Buffer.from(body, 'latin1'),
  });
  const get = (path: string, headers = {}): Sent => ({ method: 'GET', path, headers, body: Buffer.alloc(0) });
  const { adminKey } = target.gateway;
  return oneOf([
    () => git('upload-pack', `${packetLine('command=ls-refs\n')}0001${packetLine('peel\n')}0000`),
    () =>
      git(
        'upload-pack',
        `${packetLine('command=fetch')}0001${packetLine(`want ${id}\n`)}${packetLine('done\n')}0000`,
      ),
    () => git('upload-pack', `${packetLine(`want ${id} side-band-64k\n`)}0000${packetLine('done\n')}`),
    () => git('receive-pack', `${packetLine(`${id} ${'0'.repeat(40)} refs/heads/x\0report-status`)}0000`),
    () =>
      git(
        'receive-pack',
        `${packetLine(`${'0'.repeat(40)} ${id} refs/heads/y\0report-status`)}0000PACK\0\0\0\x02`,
      ),
    () => get(`/g/info/refs?service=git-${oneOf(['upload', 'receive'])}-pack`),
    () =>
      get(`/h?cmd=${oneOf(HG_COMMANDS)}`, {
        'x-hgarg-1': oneOf([
          `heads=${id}&common=${'0'.repeat(40)}`,
          `nodes=${id}`,
          'key=tip',
          'namespace=phases',
          `pairs=${id}-${id}`,
          'cmds=heads+%3Bknown+nodes%3D',
        ]),
      }),
    () => ({
      method: 'POST',
      path: '/h?cmd=unbundle',
      headers: { 'content-type': 'application/mercurial-0.1', 'x-hgarg-1': 'heads=666f726365' },
      body: Buffer.from(oneOf(['HG10UN', 'HG20\0\0\0\0\0\0\0\0', 'HG10GZ'])),
    }),
    () => ({
      method: 'POST',
      path: '/_admin/api',
      headers: { 'content-type': 'application/json' },
      body: oneOf([
        json({ id: 1, api_key: adminKey, method: 'get_repo', args: { repoid: oneOf(ODD) } }),
        json([{ jsonrpc: '2.0', id: 1, method: 'get_changesets', params: { repoid: 'g' } }]),
        json({ jsonrpc: '2.0', id: 1, method: 'get_repo_nodes', params: ['g', oneOf(ODD), '/'] }),
      ]),
    }),
    () =>
      get(
        `/${oneOf(['g', 'h'])}/${oneOf(['raw', 'rawfile', 'changeset', 'changeset-diff', 'archive'])}/${id}`,
        {
          range: oneOf(['bytes=0-1', 'bytes=9-1', 'bytes=-5']),
        },
      ),
    () => get(oneOf(['/_admin/events', '/g/feed/atom', '/g/refs-data', '/_admin/metrics', '/g/info/lfs'])),
  ])();
}

/** One thing is other than it should be, or two. */
function broken(sent: Sent): Sent {
  const { method, headers, body } = sent;
  const at = below(body.length + 1);
  const mutations: (() => Partial<Sent>)[] = [
    () => ({ body: body.subarray(0, at) }),
    () => ({ body: Buffer.concat([body.subarray(0, at), Buffer.from(oneOf(ODD)), body.subarray(at)]) }),
    () => ({ body: Buffer.concat([body.subarray(0, at), Buffer.from([below(256)]), body.subarray(at + 1)]) }),
    () => ({ headers: { ...headers, 'content-encoding': oneOf(['gzip', 'deflate', 'br', 'x']) } }),
    () => ({
      body: gzipSync(body).subarray(0, 8 + below(20)),
      headers: { ...headers, 'content-encoding': 'gzip' },
    }),
    () => ({ headers: Object.fromEntries(Object.entries(headers).filter(() => chance(0.5))) }),
    () => ({ headers: { ...headers, 'x-hgarg-1': encodeURI(oneOf(ODD)).slice(0, 500) } }),
    () => ({ path: sent.path.replace(/[^/=?&]+$/, () => encodeURI(oneOf(ODD))) }),
    () => ({ path: sent.path.replace(/^\/[gh]/, () => oneOf(['/_1', '/_2', '/g.git', '/nobody', '/h'])) }),
    () => ({ method: oneOf(['HEAD', 'PUT', 'OPTIONS', 'DELETE', method]) }),
  ];
  return { ...sent, ...oneOf(mutations)() };
}

const visit = (): Visit => ({
  ...(chance(0.1) ? whole() : broken(broken(whole()))),
  isEnded: chance(0.9),
  leavesAfterMs: chance(0.15) ? below(80) : PATIENCE_MS,
});

/** @returns what was answered until it ended, or somebody had enough */
async function send({ method, path, headers, body, isEnded, leavesAfterMs }: Visit): Promise<string> {
  const all = { ...headers, connection: 'close', ...(body.length > 0 && { 'transfer-encoding': 'chunked' }) };
  const client = await RawClient.open(target.gateway, `${method} ${path}`, all);
  const leaving = setTimeout(() => client.leave(), leavesAfterMs);
  if (body.length > 0) await client.chunk(body);
  if (body.length > 0 && isEnded) await client.chunk(Buffer.alloc(0));
  const answer = await client.answer();
  clearTimeout(leaving);
  return answer;
}

it(`answers ${REQUESTS} broken requests, and none of them with a fault of its own (seed ${SEED})`, async () => {
  const faults: string[] = [];
  const visits = Array.from({ length: REQUESTS }, visit);
  const work = async () => {
    for (let sent = visits.pop(); sent; sent = visits.pop()) {
      const answer = await send(sent);
      if (!/^HTTP\/1\.1 500|Internal server error/.test(answer) && !target.leaks(answer)) continue;
      faults.push(
        `${JSON.stringify({ ...sent, body: sent.body.toString('latin1') })}: ${answer.slice(0, 300)}`,
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  expect(faults).toEqual([]);
  expect(await target.gateway.call('test', { args: 'alive' })).toBeDefined();
  expect(target.damage()).toEqual([]);
});
