import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RPC_LOGGER } from '../../src/rpc/call-log.js';
import { addressOf, Client } from '../harness/client.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { hasHg, skippedTitle } from '../harness/vcs-sandbox.js';

let gateway: TestGateway;
let client: Client;
let repo: string;
let reader: string;
let count = 0;

const address = (name = repo) => addressOf(gateway, name, 'admin', gateway.adminKey);

const cloned = (at = 'work') => client.hg('.', 'clone', address(), at);
const push = (...args: string[]) => client.hg('work', 'push', ...args, address());
const nodeOf = (at: string, revision = '.') => client.hg(at, 'log', '-r', revision, '-T', '{node}');
/** What the server tells clients. */
async function tell(query: string): Promise<string> {
  const headers = { authorization: `Bearer ${gateway.adminKey}` };
  return (await (await fetch(`${gateway.url}/${repo}?${query}`, { headers })).text()).trim();
}
const heads = async () => (await tell('cmd=heads')).split(' ').sort();
const refs = () =>
  gateway.call<{ branches: object; tags: object; bookmarks: object }>('get_repo', {
    repoid: repo,
    with_revision_names: true,
  });

describe.skipIf(!hasHg)(`a client of ${skippedTitle('hg')}`, () => {
  beforeAll(async () => {
    gateway = await startTestGateway();
    reader = (await gateway.createUser('reader')).key;
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    client = new Client();
    count += 1;
    repo = `project${count}`;
    await gateway.call('create_repo', { repo_name: repo, repo_type: 'hg' });
  });
  afterEach(() => client.remove());

  it('clones, pushes and pulls what another one pushed', async () => {
    await cloned();
    const first = await client.commit('hg', 'work', 'a.txt', 'one');
    await push();
    expect(await gateway.call('get_repo', { repoid: repo })).toMatchObject({
      last_changeset: { raw_id: first },
    });
    await cloned('other');
    expect(await nodeOf('other')).toBe(first);
    const second = await client.commit('hg', 'work', 'a.txt', 'two');
    await push();
    await client.hg('other', 'pull', '-u', address());
    expect(await nodeOf('other')).toBe(second);
  });

  it('pushes named branches, and a new head only when it insists', async () => {
    await cloned();
    await client.commit('hg', 'work', 'a.txt', 'one');
    await push();
    await client.hg('work', 'branch', 'stable');
    const stable = await client.commit('hg', 'work', 'b.txt', 'two');
    await push('--new-branch');
    await client.hg('work', 'update', '-r', '0');
    const head = await client.commit('hg', 'work', 'c.txt', 'three');
    await push();
    await client.hg('work', 'update', '-r', '0');
    const other = await client.commit('hg', 'work', 'd.txt', 'four');
    expect((await client.try('hg', 'work', ['push', address()])).stderr).toContain(
      'push creates new remote head',
    );
    await push('--force');
    expect(await heads()).toEqual([stable, head, other].sort());
    expect(Object.keys((await refs()).branches).sort()).toEqual(['default', 'stable']);
  });

  it('pushes tags, and moves and deletes bookmarks', async () => {
    await cloned();
    const first = await client.commit('hg', 'work', 'a.txt', 'one');
    await client.hg('work', 'tag', 'v1');
    await client.hg('work', 'bookmark', '-r', first, 'topic');
    await push('-B', 'topic');
    expect((await refs()).bookmarks).toEqual({ topic: first });
    const tip = await nodeOf('work', 'tip');
    await client.hg('work', 'bookmark', '-f', '-r', 'tip', 'topic');
    await push('-B', 'topic');
    expect(await refs()).toMatchObject({ bookmarks: { topic: tip }, tags: { v1: first } });
    await client.hg('work', 'bookmark', '-d', 'topic');
    // Mercurial ends with 1 when it had no changesets to push
    expect((await client.try('hg', 'work', ['push', '-B', 'topic', address()])).stdout).toContain(
      'deleting remote bookmark',
    );
    expect((await refs()).bookmarks).toEqual({});
  });

  it('clones the files of the store as they are', async () => {
    await cloned();
    const id = await client.commit('hg', 'work', 'a.txt', 'one');
    await push();
    await client.hg('.', 'clone', '--stream', address(), 'streamed');
    expect(await nodeOf('streamed')).toBe(id);
    expect(await client.hg('streamed', 'verify')).toContain('checked 1 changesets');
  });

  it('gets long answers, one after the other from the same program', async () => {
    await cloned();
    const id = await client.commit('hg', 'work', 'a.bin', randomBytes(3_000_000));
    await push();
    for (const at of ['one', 'two']) {
      await cloned(at);
      expect(await nodeOf(at)).toBe(id);
    }
  });

  it('pushes beside another one: both arrive, one after the other', async () => {
    await cloned();
    await client.commit('hg', 'work', 'a.txt', 'base');
    await push();
    await cloned('one');
    await cloned('two');
    const ids = [
      await client.commit('hg', 'one', 'b.txt', 'one'),
      await client.commit('hg', 'two', 'c.txt', 'two'),
    ];
    const pushing = async (at: string) => {
      // Mercurial asks to try again when the other one was quicker between its question and its push
      for (let attempt = 0; ; attempt += 1) {
        const { code, stderr } = await client.try('hg', at, ['push', '--force', address()]);
        if (code === 0 || attempt === 5 || !/changed while/.test(stderr)) return { code, stderr };
      }
    };
    expect(await Promise.all([pushing('one'), pushing('two')])).toEqual([
      { code: 0, stderr: '' },
      { code: 0, stderr: '' },
    ]);
    expect(await heads()).toEqual(ids.sort());
  });

  describe('whose right is to read', () => {
    const ask = async (query: string, init: RequestInit = {}, key = reader) => {
      const headers = new Headers(init.headers);
      headers.set('authorization', `Bearer ${key}`);
      const response = await fetch(`${gateway.url}/${repo}?${query}`, { ...init, headers });
      return { status: response.status, text: await response.text() };
    };
    const batch = (commands: string) => `cmds=${encodeURIComponent(commands)}`;

    it('gets changesets, and cannot push', async () => {
      await cloned();
      await client.commit('hg', 'work', 'a.txt', 'one');
      await push();
      const own = addressOf(gateway, repo, 'reader', reader);
      await client.hg('.', 'clone', own, 'read');
      await client.commit('hg', 'read', 'b.txt', 'two');
      const { code, stderr } = await client.try('hg', 'read', ['push', own]);
      expect(code).toBe(255);
      expect(stderr).toContain(`repository \`${repo}\` does not exist`);
    });

    it.each([
      ['unbundle', 'cmd=unbundle&heads=666f726365', { method: 'POST', body: '' }],
      ['pushkey', 'cmd=pushkey&namespace=bookmarks&key=x&old=&new=', { method: 'POST', body: '' }],
      ['a batch with pushkey', `cmd=batch&${batch('heads ;pushkey namespace=bookmarks')}`, {}],
      [
        'a batch in a header',
        'cmd=batch',
        { headers: { 'x-hgarg-1': batch('pushkey namespace=bookmarks') } },
      ],
      [
        'a batch in two places',
        `cmd=batch&${batch('heads ')}`,
        { headers: { 'x-hgarg-1': batch('pushkey ') } },
      ],
      [
        'a batch in the body',
        'cmd=batch',
        { method: 'POST', body: batch('heads '), headers: { 'x-hgargs-post': '16' } },
      ],
      ['two commands', 'cmd=heads&cmd=pushkey', {}],
      ['what nobody knows', 'cmd=invented', {}],
      ['a page of the web', 'cmd=log', {}],
    ])('is asked to write by %s', async (_title, query, init) => {
      expect((await ask(query, init)).status).toBe(404);
      expect((await ask('cmd=heads')).status).toBe(200);
    });

    it('is told what is not there or not understood, and the gateway goes on', async () => {
      const warn = vi.spyOn(gateway.app.get<Logger>(RPC_LOGGER), 'warn');
      const one = '1'.repeat(40);
      for (const query of [`cmd=getbundle&heads=${one}`, `cmd=changegroup&roots=${one}`])
        expect(await ask(query), query).toEqual({
          status: 200,
          text: expect.stringContaining(`${one}: no node`) as string,
        });
      expect((await ask(`cmd=getbundle&heads=${'f'.repeat(40)}`)).text).toBe('unknown revision\n');
      for (const query of [
        'cmd=getbundle&heads=zz',
        'cmd=known&nodes=zz',
        'cmd=between&pairs=zz',
        'cmd=changegroupsubset&bases=&heads=zz',
        'cmd=listkeys',
        'cmd=lookup',
        'cmd=batch&cmds=getbundle%20',
      ])
        expect((await ask(query)).status, query).toBe(400);
      expect((await ask('cmd=heads')).status).toBe(200);
      expect(warn).not.toHaveBeenCalled();
      warn.mockRestore();
    });

    it('gets no pages of Mercurial, whoever asks', async () => {
      for (const page of ['log', 'archive', 'rawfile', 'static', '']) {
        const { status } = await ask(`cmd=${page}`, {}, gateway.adminKey);
        expect(status).toBe(400);
      }
    });

    it('takes part in a batch that only reads', async () => {
      expect((await ask(`cmd=batch&${batch('heads ;known nodes=')}`)).text).toBe(`${'0'.repeat(40)}\n;`);
    });
  });

  it('cannot make the server fetch an address', async () => {
    let asked = 0;
    const inside: Server = createServer((_request, response) => {
      asked += 1;
      response.end('x');
    });
    await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(inside.address() as AddressInfo).port}/bundle`;
    client.write('attack.py', ATTACK);
    await cloned();
    const load = ['--config', `extensions.attack=${client.path('attack.py')}`];
    const { stderr } = await client.try('hg', 'work', [...load, 'attack', address(), url]);
    inside.close();
    expect(stderr).toMatch(/remote-changegroup/);
    expect(asked).toBe(0);
    expect(await heads()).toEqual(['0'.repeat(40)]);
  });
});

/** Pushes a bundle whose changesets lie at an address. */
const ATTACK = `
from mercurial import bundle2, hg, registrar, util
cmdtable = {}
command = registrar.command(cmdtable)
@command(b'attack', [], b'REMOTE URL')
def attack(ui, repo, remote, url):
    peer = hg.peer(ui, {}, remote)
    bundle = bundle2.bundle20(ui)
    part = bundle.newpart(b'remote-changegroup')
    for name, value in ((b'url', url), (b'size', b'1'), (b'digests', b'')):
        part.addparam(name, value)
    with peer.commandexecutor() as e:
        arguments = {b'bundle': util.chunkbuffer(bundle.getchunks()), b'heads': [b'force'], b'url': remote}
        bundle2.processbundle(repo, e.callcommand(b'unbundle', arguments).result())
`;
