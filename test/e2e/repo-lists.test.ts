import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Rights } from '../../src/access/rights.js';
import { Database } from '../../src/database/database.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { hasHg, run, WorkTree } from '../harness/repositories.js';

let gateway: TestGateway;
let plain: { user_id: number; key: string };
/** Of every repository that is there, as super admins see them. */
const ALL = ['app', 'lib/core', 'lib/core-fork', 'lib/deep/x-y', 'lib/deep/x_y', 'library', 'zoo'];
const PRIVATE = 'zoo';

beforeAll(async () => {
  gateway = await startTestGateway({ FORGEGATE_ROLES: 'api,jobs' });
  plain = await gateway.createUser('plain');
  await gateway.call('create_repo_group', { group_name: 'lib' });
  await gateway.call('create_repo_group', { group_name: 'deep', parent: 'lib' });
  const create = (repo_name: string, more: object = {}) =>
    gateway.call('create_repo', { repo_name, repo_type: 'git', ...more });
  for (const name of ['lib/deep/x-y', 'lib/deep/x_y']) await create(name);
  await create('zoo', { private: true });
  await create('library', { owner: 'plain' });
  await create('lib/core', { repo_type: hasHg ? 'hg' : 'git' });
  await create('app', { owner: 'plain' });
  await gateway.call('fork_repo', { repoid: 'lib/core', fork_name: 'lib/core-fork' });
});
afterAll(() => gateway.close());

const names = async (args: object, key?: string) =>
  (await gateway.call<{ repo_name: string }[]>('get_repos', args, key)).map((repo) => repo.repo_name);

describe('get_repos', () => {
  it('lists all that the caller may read, by name, when nothing else is asked', async () => {
    expect(await names({})).toEqual(ALL);
    expect(await names({}, plain.key)).toEqual(ALL.filter((name) => name !== PRIVATE));
  });

  it.each([
    [{ name: 'app' }, ['app']],
    [{ name: 'LIB/*' }, ['lib/core', 'lib/core-fork', 'lib/deep/x-y', 'lib/deep/x_y']],
    [{ name: '*core*' }, ['lib/core', 'lib/core-fork']],
    [{ name: 'lib' }, []],
    [{ name: '*x_y' }, ['lib/deep/x_y']],
    [{ name: 'lib/dee_/*' }, []],
    [{ name: '*%*' }, []],
    [{ name: '*\\*' }, []],
    [{ group: 'lib' }, ['lib/core', 'lib/core-fork', 'lib/deep/x-y', 'lib/deep/x_y']],
    [{ group: 'lib', traverse: false }, ['lib/core', 'lib/core-fork']],
    [{ root: 'lib/deep', traverse: 'true' }, ['lib/deep/x-y', 'lib/deep/x_y']],
    [{ traverse: false }, ['app', 'library', 'zoo']],
    [{ group: '', traverse: false }, ['app', 'library', 'zoo']],
    [{ owner: 'plain' }, ['app', 'library']],
    [{ owner: 'plain', name: 'l*' }, ['library']],
    [{ owner: 'nobody' }, []],
    [{ fork_of: 'lib/core' }, ['lib/core-fork']],
    [{ fork_of: 'app' }, []],
  ])('with %j gives %j', async (args, expected) => {
    expect(await names(args)).toEqual(expected);
  });

  it('takes ids for groups, owners and repositories', async () => {
    const { group_id } = await gateway.call<{ group_id: number }>('get_repo_group', { repogroupid: 'lib' });
    expect(await names({ group: group_id, traverse: false })).toEqual(['lib/core', 'lib/core-fork']);
    expect(await names({ owner: plain.user_id })).toEqual(['app', 'library']);
    const { repo_id } = await gateway.call<{ repo_id: number }>('get_repo', { repoid: 'lib/core' });
    expect(await names({ fork_of: String(repo_id) })).toEqual(['lib/core-fork']);
  });

  it.skipIf(!hasHg)(`filters by type${hasHg ? '' : ' (left out: Mercurial is not installed)'}`, async () => {
    expect(await names({ repo_type: 'hg' })).toEqual(['lib/core', 'lib/core-fork']);
    expect(await names({ repo_type: 'git', group: 'lib', traverse: false })).toEqual([]);
  });

  it('gives everything once in pages', async () => {
    for (const key of [gateway.adminKey, plain.key]) {
      const seen: string[] = [];
      for (;;) {
        const page = await names({ limit: 2, ...(seen.length > 0 && { cursor: seen.at(-1) }) }, key);
        expect(page.length).toBeLessThanOrEqual(2);
        if (page.length === 0) break;
        seen.push(...page);
      }
      expect(seen).toEqual(await names({}, key));
    }
  });

  it('fills the pages of a key that sees only some', async () => {
    const { api_key: key } = await gateway.call<{ api_key: string }>('create_api_key', {
      description: 'some',
      scopes: ['get_repos', 'repo:{zoo,app,lib/core}'],
    });
    expect(await names({}, key)).toEqual(['app', 'lib/core', 'zoo']);
    expect(await names({ limit: 2 }, key)).toEqual(['app', 'lib/core']);
    expect(await names({ limit: 2, cursor: 'lib/core' }, key)).toEqual(['zoo']);
  });

  it('does not tell what the caller may not see from what is not there', async () => {
    await gateway.call('create_repo_group', { group_name: 'inner' });
    await gateway.call('create_repo', { repo_name: 'inner/x', repo_type: 'git' });
    expect(await names({ group: 'inner' }, plain.key)).toEqual(['inner/x']);
    await gateway.app.get(Database).transaction(async (tx) => {
      await tx.query(
        `UPDATE repo_group_permission SET level = 0
         WHERE group_id = (SELECT group_id FROM repo_group WHERE group_name = 'inner')`,
      );
      await gateway.app.get(Rights).changed(tx);
    });
    for (const group of ['inner', 'nowhere', 4711])
      expect(await gateway.refusal('get_repos', { group }, plain.key)).toBe(
        `Root repository group \`${group}\` does not exist`,
      );
    for (const fork_of of [PRIVATE, 'nowhere'])
      expect(await gateway.refusal('get_repos', { fork_of }, plain.key)).toBe(
        `repository \`${fork_of}\` does not exist`,
      );
    expect(await names({ name: 'zoo' }, plain.key)).toEqual([]);
    await gateway.call('delete_repo', { repoid: 'inner/x' });
  });
});

describe.each(['git', ...(hasHg ? ['hg'] : [])] as ('git' | 'hg')[])(
  'get_repo of a %s repository',
  (type) => {
    it('adds branches, tags and bookmarks, and pull requests, only when asked', async () => {
      const repoid = `refs-${type}`;
      await gateway.call('create_repo', { repo_name: repoid, repo_type: type });
      const directory = join(gateway.settings.repoRoot, repoid);
      const bare = await gateway.call('get_repo', { repoid });
      expect(await gateway.call('get_repo', { repoid, with_revision_names: true })).toEqual({
        ...bare,
        tags: {},
        branches: {},
        bookmarks: {},
      });
      const tree = WorkTree.clone(type, directory);
      const first = tree.commit('a', '1', 'one');
      let tip = first;
      if (type === 'hg') {
        tree.branch('closed');
        tree.commit('a', '2', 'two');
        run('hg', tree.directory, 'commit', '--close-branch', '-m', 'no more');
        run('hg', tree.directory, 'update', '-q', 'default');
        run('hg', tree.directory, 'tag', '-r', first, 'v1');
        tip = run('hg', tree.directory, 'log', '-r', '.', '-T', '{node}');
      }
      tree.push();
      tree.remove();
      if (type === 'hg') run('hg', directory, 'bookmark', '-r', 'tip', 'wip');
      else run('git', directory, 'tag', '-a', '-m', 'first', 'v1', 'main');
      expect(
        await gateway.call('get_repo', { repoid, with_revision_names: true, with_pullrequests: true }),
      ).toEqual({
        ...bare,
        branches: { [type === 'git' ? 'main' : 'default']: tip },
        tags: type === 'git' ? { v1: first } : { v1: first, tip },
        bookmarks: type === 'git' ? {} : { wip: tip },
        pull_requests: [],
      });
    });
  },
);
