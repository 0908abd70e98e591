import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Client } from '../harness/client.js';
import { programsIn } from '../harness/processes.js';
import { RemoteServer, type RemoteServerOptions } from '../harness/remote-server.js';
import { hasHg, REPO_TYPES, skippedTitle } from '../harness/vcs-sandbox.js';
import { Target } from './target.js';

const MAX_PULL_BYTES = 200_000;
const TIMEOUT_MS = 3_000;
const TOO_MUCH = `the source brings more than ${MAX_PULL_BYTES} bytes (see FORGEGATE_MAX_PULL_BYTES)`;
const TOO_LONG = 'the source was not done within 3 seconds (see FORGEGATE_TRANSFER_TIMEOUT_MS)';

let target: Target;
let client: Client;
let server: RemoteServer | null = null;
let count = 0;
/** A repository that has cloned a good source. */
let repoid: string;
beforeAll(async () => {
  target = await Target.start({
    FORGEGATE_MAX_PULL_BYTES: String(MAX_PULL_BYTES),
    FORGEGATE_TRANSFER_TIMEOUT_MS: String(TIMEOUT_MS),
  });
});
afterAll(() => target.close());
beforeEach(() => {
  client = new Client();
  repoid = `sourced-${(count += 1)}`;
});
afterEach(async () => {
  await server?.close();
  server = null;
  client.remove();
});

const directory = (...parts: string[]) => join(target.gateway.settings.repoRoot, ...parts);
/** Without what Mercurial leaves of every transaction, and nobody reads. */
const files = (repo: string) =>
  readdirSync(directory(repo), { recursive: true, encoding: 'utf8' })
    .filter((name) => !/\/(?:journal\.|undo)/.test(name))
    .sort();

/** The work tree of an honest source with one commit. */
async function honest(type: 'git' | 'hg'): Promise<void> {
  await client.run(type, '.', ['init', '-q', 'source']);
  if (type === 'git') await client.git('source', 'checkout', '-q', '-B', 'main');
  await client.commit(type, 'source', 'a.txt', 'a');
}

async function serve(type: 'git' | 'hg', options?: RemoteServerOptions): Promise<string> {
  await server?.close();
  server = await RemoteServer.start(type, client.path(type === 'git' ? '.' : 'source'), options);
  return server.url(type === 'git' ? 'source/.git' : '');
}

/** What is told of a clone and of a pull that come to nothing, and leave everything as it was. */
async function refusals(type: 'git' | 'hg', honestly: () => Promise<string>, hostile: () => Promise<string>) {
  const { gateway } = target;
  const clone_uri = await honestly();
  await gateway.call('create_repo', { repo_name: repoid, repo_type: type, clone_uri });
  const before = files(repoid);
  const refs = await gateway.call('get_repo_refs', { repoid });
  const told: string[] = [];
  const name = `${repoid}-new`;
  for (const [method, args] of [
    ['create_repo', { repo_name: name, repo_type: type }],
    ['pull', { repoid }],
  ] as const) {
    const answer = await gateway.rpc(method, { ...args, clone_uri: await hostile() });
    told.push(JSON.stringify(answer));
  }
  expect(existsSync(directory(name))).toBe(false);
  expect(readdirSync(directory()).filter((each) => each.startsWith('.'))).toEqual([]);
  expect(files(repoid)).toEqual(before);
  expect(await gateway.call('get_repo_refs', { repoid })).toEqual(refs);
  await expect
    .poll(() => programsIn(directory(), /fetch|clone|index-pack|remote-http/).map(({ args }) => args))
    .toEqual([]);
  for (const text of told) expect(target.leaks(text), text).toBe(false);
  expect(target.damage()).toEqual([]);
  return told;
}

describe.each(REPO_TYPES)('a source of %s', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    beforeEach(() => honest(type));

    it('that brings more than it may is given up', async () => {
      const told = await refusals(
        type,
        () => serve(type),
        async () => {
          await client.commit(type, 'source', 'large', randomBytes(2 * MAX_PULL_BYTES));
          return serve(type);
        },
      );
      for (const text of told) expect(text).toContain(TOO_MUCH);
    });

    it('that begins and never ends is given up', async () => {
      const told = await refusals(
        type,
        () => serve(type),
        async () => {
          await client.commit(type, 'source', 'more', randomBytes(20_000));
          return serve(type, { isHalf: true });
        },
      );
      for (const text of told) expect(text).toContain(TOO_LONG);
    });

    it('that says nothing at all is given up', async () => {
      const told = await refusals(
        type,
        () => serve(type),
        () => serve(type, { isSilent: true }),
      );
      for (const text of told) expect(text).toContain(TOO_LONG);
    });
  });
});

describe.skipIf(!hasHg)(`a source of ${skippedTitle('hg')}`, () => {
  it('whose answer is small and makes much is given up', async () => {
    await honest('hg');
    const told = await refusals(
      'hg',
      () => serve('hg'),
      async () => {
        await client.commit('hg', 'source', `zeros-${(count += 1)}`, Buffer.alloc(20 * MAX_PULL_BYTES));
        return serve('hg');
      },
    );
    for (const text of told) expect(text).toContain(TOO_MUCH);
  });
});

describe('a source of git', () => {
  /** A commit of a tree that git itself would not make. */
  async function plant(name: string, mode: string, content: string): Promise<void> {
    client.write('source/content', content);
    const blob = await client.git('source', 'hash-object', '-w', 'content');
    const subtree = execFileSync('git', ['-C', client.path('source'), 'mktree'], {
      input: `100644 blob ${blob}\tconfig\n`,
    });
    const id = mode === '40000' ? subtree.toString().trim() : blob;
    client.write('source/tree', Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(id, 'hex')]));
    const tree = await client.git('source', 'hash-object', '-w', '-t', 'tree', '--literally', 'tree');
    const commit = await client.git('source', 'commit-tree', '-m', 'planted', tree);
    await client.git('source', 'update-ref', 'refs/heads/planted', commit);
  }

  it.each([
    ['.git', '40000', 'x'],
    ['GIT~1', '40000', 'x'],
    ['..', '40000', 'x'],
    ['.g\u200cit', '40000', 'x'],
    ['.gitmodules', '100644', '[submodule "x"]\n\tpath = x\n\turl = -u./payload\n'],
    ['.gitmodules', '120000', '/etc/passwd'],
  ])('whose commits hold %j as %s is refused, as a push of them is', async (name, mode, content) => {
    await honest('git');
    const told = await refusals(
      'git',
      () => serve('git'),
      async () => {
        await plant(name, mode, content);
        return serve('git');
      },
    );
    for (const text of told) expect(text).toContain('objects that would lead its clients astray');
  });

  it('with what old programs wrote is taken, and is pushed too', async () => {
    await honest('git');
    // Mode `040000` and not `40000`
    await plant('old', '0100644', 'x');
    const clone_uri = await serve('git');
    const { gateway } = target;
    await gateway.call('create_repo', { repo_name: repoid, repo_type: 'git', clone_uri });
    await gateway.call('create_repo', { repo_name: `${repoid}-pushed`, repo_type: 'git' });
    const { host } = new URL(gateway.url);
    await client.git(
      'source',
      'push',
      '-q',
      `http://admin:${gateway.adminKey}@${host}/${repoid}-pushed`,
      'planted',
    );
    for (const repo of [repoid, `${repoid}-pushed`])
      expect(
        await gateway.call('get_repo_nodes', { repoid: repo, revision: 'planted', root_path: '/' }),
      ).toEqual([{ name: 'old', type: 'file' }]);
  });
});
