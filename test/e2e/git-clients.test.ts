import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { RPC_LOGGER } from '../../src/rpc/call-log.js';
import { addressOf, Client } from '../harness/client.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

let gateway: TestGateway;
let client: Client;
let repo: string;
let count = 0;

const address = (name = repo) => addressOf(gateway, name, 'admin', gateway.adminKey);

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());
beforeEach(async () => {
  client = new Client();
  count += 1;
  repo = `project${count}`;
  await gateway.call('create_repo', { repo_name: repo, repo_type: 'git' });
});
afterEach(() => client.remove());

async function cloned(at = 'work'): Promise<void> {
  await client.git('.', 'clone', '-q', address(), at);
  await client.git(at, 'checkout', '-q', '-B', 'main');
}
const serverRefs = async (path = repo) => {
  const lines = (await client.git('.', 'ls-remote', address(path))).split('\n').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => line.split('\t').reverse() as [string, string]));
};

describe('a git client', () => {
  it('clones, pushes and fetches what another one pushed', async () => {
    await cloned();
    const first = await client.commit('git', 'work', 'a.txt', 'one');
    await client.git('work', 'push', '-q', 'origin', 'main');
    await client.git('.', 'clone', '-q', `${address()}.git`, 'other');
    expect(await client.git('other', 'rev-parse', 'HEAD')).toBe(first);
    const second = await client.commit('git', 'work', 'a.txt', 'two');
    await client.git('work', 'push', '-q', 'origin', 'main');
    await client.git('other', 'pull', '-q');
    expect(await client.git('other', 'rev-parse', 'HEAD')).toBe(second);
  });

  it('forces a branch, deletes one, and pushes tags', async () => {
    await cloned();
    const first = await client.commit('git', 'work', 'a.txt', 'one');
    await client.git('work', 'tag', '-a', '-m', 'release', 'v1');
    await client.git('work', 'push', '-q', 'origin', 'main', 'main:refs/heads/topic', '--tags');
    expect(await serverRefs()).toMatchObject({ 'refs/heads/topic': first, 'refs/tags/v1^{}': first });
    await client.git('work', 'commit', '-q', '--amend', '-m', 'another');
    expect((await client.try('git', 'work', ['push', 'origin', 'main'])).stderr).toContain(
      'non-fast-forward',
    );
    await client.git('work', 'push', '-q', '--force', 'origin', 'main');
    await client.git('work', 'push', '-q', '--delete', 'origin', 'topic', 'v1');
    const now = await client.git('work', 'rev-parse', 'HEAD');
    expect(await serverRefs()).toEqual({ HEAD: now, 'refs/heads/main': now });
  });

  it('checks out the branch that was pushed first, whatever its name', async () => {
    await cloned();
    const id = await client.commit('git', 'work', 'a.txt', 'one');
    await client.git('work', 'push', '-q', 'origin', 'main:trunk');
    await client.git('.', 'clone', '-q', address(), 'other');
    expect(await client.git('other', 'rev-parse', 'HEAD')).toBe(id);
    expect(await client.git('other', 'branch', '--show-current')).toBe('trunk');
  });

  it('clones the last commit only, then the rest', async () => {
    await cloned();
    for (const text of ['one', 'two', 'three']) await client.commit('git', 'work', 'a.txt', text);
    await client.git('work', 'push', '-q', 'origin', 'main');
    await client.git('.', 'clone', '-q', '--depth', '1', address(), 'shallow');
    expect(await client.git('shallow', 'rev-list', '--count', 'HEAD')).toBe('1');
    await client.git('shallow', 'fetch', '-q', '--unshallow');
    expect(await client.git('shallow', 'rev-list', '--count', 'HEAD')).toBe('3');
  });

  it.each(['0', '1', '2'])(
    'clones without files, and gets them when it needs them (version %s)',
    async (version) => {
      await cloned();
      await client.commit('git', 'work', 'old.txt', 'old');
      await client.git('work', 'rm', '-q', 'old.txt');
      await client.commit('git', 'work', 'new.txt', 'new');
      await client.git('work', 'push', '-q', 'origin', 'main');
      const set = ['-c', `protocol.version=${version}`];
      await client.git('.', ...set, 'clone', '-q', '--filter=blob:none', address(), 'partial');
      const missing = await client.git('partial', 'rev-list', '--objects', '--missing=print', 'HEAD');
      expect(missing.match(/^\?/gm)).toHaveLength(1);
      expect(await client.git('partial', ...set, 'show', 'HEAD~1:old.txt')).toBe('old');
    },
  );

  it.each(['0', '2'])(
    "is told git's own reason when there is no such history (version %s)",
    async (version) => {
      await cloned();
      await client.commit('git', 'work', 'a.txt', 'one');
      await client.git('work', 'push', '-q', 'origin', 'main');
      const warn = vi.spyOn(gateway.app.get<Logger>(RPC_LOGGER), 'warn');
      const clone = async (...args: string[]) => {
        const set = ['-c', `protocol.version=${version}`];
        return client.try('git', '.', [...set, 'clone', ...args, address(), 'other']);
      };
      expect(await clone('--shallow-exclude=nothing')).toMatchObject({
        code: 128,
        stderr: expect.stringContaining('remote error: git upload-pack: ambiguous deepen-not') as string,
      });
      expect((await clone('--shallow-since=2090-01-01')).stderr).toContain(
        'remote error: no commits selected for shallow requests',
      );
      expect(warn).not.toHaveBeenCalled();
      warn.mockRestore();
    },
  );

  it.each(['0', '1', '2'])('speaks version %s of the protocol', async (version) => {
    await cloned();
    const id = await client.commit('git', 'work', 'a.txt', 'one');
    const set = ['-c', `protocol.version=${version}`];
    await client.git('work', ...set, 'push', '-q', 'origin', 'main');
    await client.git('.', ...set, 'clone', '-q', address(), 'other');
    expect(await client.git('other', 'rev-parse', 'HEAD')).toBe(id);
    const more = await client.commit('git', 'work', 'a.txt', 'two');
    await client.git('work', ...set, 'push', '-q', 'origin', 'main');
    await client.git('other', ...set, 'fetch', '-q');
    expect(await client.git('other', 'rev-parse', 'origin/main')).toBe(more);
  });

  it('may compress a long request, and send a long pack in pieces', async () => {
    await cloned();
    await client.commit('git', 'work', 'big.bin', randomBytes(3_000_000));
    await client.git('work', '-c', 'http.postBuffer=65536', 'push', '-q', 'origin', 'main');
    await client.git('.', 'clone', '-q', address(), 'other');
    // So many branches that what the client wants does not fit into a short request
    for (let number = 0; number < 25; number += 1)
      await client.git('work', 'commit', '-q', '--allow-empty', '-m', `${number}`);
    const branches = Array.from({ length: 25 }, (_none, number) => `HEAD~${number}:refs/heads/b${number}`);
    await client.git('work', 'push', '-q', 'origin', ...branches);
    const { stderr } = await client.try('git', 'other', ['fetch'], { GIT_TRACE_CURL: '1' });
    expect(stderr).toMatch(/content-encoding: gzip/i);
    const last = await client.git('work', 'rev-parse', 'HEAD');
    expect(await client.git('other', 'rev-parse', 'origin/b0')).toBe(last);
  });

  it('is not let into the refs of pull requests, but may read them', async () => {
    await cloned();
    const id = await client.commit('git', 'work', 'a.txt', 'one');
    await client.git('work', 'push', '-q', 'origin', 'main', 'main:refs/heads/topic');
    const pushed = await client.try('git', 'work', ['push', 'origin', 'main:refs/pull/7/head']);
    expect(pushed.code).not.toBe(0);
    expect(pushed.stderr).toContain('refs/pull/7/head');
    const next = await client.commit('git', 'work', 'a.txt', 'two');
    await client.git('work', 'push', '-q', 'origin', 'main:topic');
    const made = await gateway.call<{ pull_request_id: number }>('create_pull_request', {
      source_repo: repo,
      target_repo: repo,
      source_ref: `branch:topic:${next}`,
      target_ref: `branch:main:${id}`,
      title: 'two',
    });
    const ref = `refs/pull/${made.pull_request_id}/head`;
    await client.git('work', 'fetch', '-q', 'origin', ref);
    expect(await client.git('work', 'rev-parse', 'FETCH_HEAD')).toBe(next);
    expect((await client.try('git', 'work', ['push', 'origin', `:${ref}`])).code).not.toBe(0);
  });

  it('pushes beside another one to the same repository: both when they touch different branches', async () => {
    await cloned('one');
    await client.commit('git', 'one', 'a.txt', 'base');
    await client.git('one', 'push', '-q', 'origin', 'main');
    await cloned('two');
    const mine = await client.commit('git', 'one', 'mine.txt', 'mine');
    const yours = await client.commit('git', 'two', 'yours.txt', 'yours');
    await Promise.all([
      client.git('one', 'push', '-q', 'origin', 'main:mine'),
      client.git('two', 'push', '-q', 'origin', 'main:yours'),
    ]);
    expect(await serverRefs()).toMatchObject({ 'refs/heads/mine': mine, 'refs/heads/yours': yours });
    const [one, two] = await Promise.all([
      client.try('git', 'one', ['push', 'origin', 'main']),
      client.try('git', 'two', ['push', 'origin', 'main']),
    ]);
    expect([one.code, two.code].filter((code) => code === 0)).toHaveLength(1);
    const { 'refs/heads/main': main } = await serverRefs();
    expect(main).toBe(one.code === 0 ? mine : yours);
  });

  it('shows the repository what was pushed', async () => {
    await cloned();
    const id = await client.commit('git', 'work', 'a.txt', 'one');
    await client.git('work', 'push', '-q', 'origin', 'main');
    expect(await gateway.call('get_repo', { repoid: repo })).toMatchObject({
      last_changeset: { raw_id: id },
    });
  });

  it('is told of as `repo.fetched` to webhooks that name it, and to no others', async () => {
    const webhook = async (event_types: string[]) => {
      const made = await gateway.call<{ webhook_id: number }>('create_webhook', {
        url: 'http://127.0.0.1:9/',
        repoid: repo,
        event_types,
      });
      return made.webhook_id;
    };
    await cloned();
    await client.commit('git', 'work', 'a.txt', 'one');
    await client.git('work', 'push', '-q', 'origin', 'main');
    const [named, all] = [await webhook(['repo.fetched']), await webhook(['*'])];
    await client.git('.', 'clone', '-q', address(), 'other');
    const eventsOf = async (webhook_id: number) => {
      const args = { webhook_id };
      const { deliveries } = await gateway.call<{ deliveries: { event_type: string }[] }>(
        'get_deliveries',
        args,
      );
      return deliveries.map(({ event_type }) => event_type);
    };
    await expect.poll(() => eventsOf(named)).toEqual(['repo.fetched']);
    await client.git('other', 'fetch', '-q');
    await gateway.call('update_repo', { repoid: repo, description: 'last' });
    await expect.poll(() => eventsOf(all)).toEqual(['repo.updated']);
    expect(await eventsOf(named)).toEqual(['repo.fetched']);
  });

  it('is told where to clone from', async () => {
    const { repo_id } = await gateway.call<{ repo_id: number }>('get_repo', { repoid: repo });
    const shown = async () =>
      (await gateway.call<{ clone_url: string }>('get_repo', { repoid: repo })).clone_url;
    expect(await shown()).toBe(`http://gateway.test/${repo}`);
    await gateway.call('update_settings', { clone_uri_tmpl: 'ssh://{user}@git.{netloc}/_{repoid}' });
    expect(await shown()).toBe(`ssh://git.gateway.test/_${repo_id}`);
    await gateway.call('update_settings', { clone_uri_tmpl: '{scheme}://{netloc}/{repo}' });
  });

  it('finds a repository by its id', async () => {
    const { repo_id } = await gateway.call<{ repo_id: number }>('get_repo', { repoid: repo });
    await cloned();
    const id = await client.commit('git', 'work', 'a.txt', 'one');
    await client.git('work', 'push', '-q', address(`_${repo_id}`), 'main');
    expect(await serverRefs(`_${repo_id}.git`)).toMatchObject({ 'refs/heads/main': id });
  });
});

describe('a push that is too large', () => {
  it('is refused with the reason, and changes nothing', async () => {
    const small = await startTestGateway({ FORGEGATE_MAX_PUSH_BYTES: '100000' });
    await small.call('create_repo', { repo_name: 'small', repo_type: 'git' });
    const remote = addressOf(small, 'small', 'admin', small.adminKey);
    await client.git('.', 'clone', '-q', remote, 'work');
    await client.commit('git', 'work', 'big.bin', randomBytes(300_000));
    const { code, stderr } = await client.try('git', 'work', ['push', 'origin', 'HEAD:main']);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/exceeds maximum allowed size/);
    expect(await client.git('.', 'ls-remote', remote)).toBe('');
    await small.close();
  });
});
