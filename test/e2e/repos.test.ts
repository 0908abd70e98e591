import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../src/database/database.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { hasHg, run, WorkTree } from '../harness/repositories.js';

const ZEROS = '0'.repeat(40);
let gateway: TestGateway;
let alice: { user_id: number; key: string };

beforeAll(async () => {
  gateway = await startTestGateway();
  alice = await gateway.createUser('alice');
  await gateway.call('create_repo_group', { group_name: 'team' });
});
afterAll(() => gateway.close());

const directory = (name: string) => join(gateway.settings.repoRoot, name);
const types = ['git', ...(hasHg ? ['hg'] : [])] as ('git' | 'hg')[];

describe.each(types)('a new %s repository', (type) => {
  it('stands on disk and is shown with its defaults', async () => {
    const name = `new-${type}`;
    expect(await gateway.call('create_repo', { repo_name: name, repo_type: type }, alice.key)).toEqual({
      msg: `Created new repository \`${name}\``,
      success: true,
    });
    expect(existsSync(directory(name))).toBe(true);
    expect(await gateway.call('get_repo', { repoid: name }, alice.key)).toEqual({
      repo_id: expect.any(Number),
      repo_name: name,
      repo_type: type,
      clone_uri: null,
      clone_url: `http://gateway.test/${name}`,
      private: false,
      created_on: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?$/),
      description: name,
      landing_rev: ['rev', 'tip'],
      owner: 'alice',
      fork_of: null,
      enable_statistics: false,
      enable_downloads: false,
      last_changeset: {
        short_id: '0'.repeat(12),
        raw_id: ZEROS,
        revision: -1,
        message: '',
        date: expect.stringMatching(/^19(70-01-01|69-12-31)T/),
        author: '',
      },
      repo_state: 'repo_state_created',
      members: [{ name: 'default', type: 'user', permission: 'repository.read' }],
      followers: [expect.objectContaining({ username: 'alice' })],
    });
  });

  it('can be pulled into by its fork, which then shows the new changeset', async () => {
    const name = `origin-${type}`;
    await gateway.call('create_repo', { repo_name: name, repo_type: type });
    await gateway.call('fork_repo', { repoid: name, fork_name: `team/fork-${type}` });
    const tree = WorkTree.clone(type, directory(name));
    const rawId = tree.commit('a.txt', 'a', 'Add a');
    tree.push();
    tree.remove();
    expect(await gateway.call('pull', { repoid: `team/fork-${type}` })).toEqual({
      msg: `Pulled from \`team/fork-${type}\``,
      repository: `team/fork-${type}`,
    });
    const fork = await gateway.call('get_repo', { repoid: `team/fork-${type}`, with_revision_names: true });
    expect(fork).toMatchObject({
      fork_of: name,
      last_changeset: {
        raw_id: rawId,
        revision: 0,
        message: expect.stringMatching(/^Add a\n?$/),
        author: 'Ada <ada@example.com>',
      },
      branches: { [type === 'git' ? 'main' : 'default']: rawId },
    });
  });
});

describe('creating repositories', () => {
  it.each(['', '.', '..', ':', '<test>', '_admin', '_12', 'a\u0000b', 'x/', '.git', 'e\u0301', 'a b'])(
    'refuses the name %j and leaves nothing behind',
    async (name) => {
      const before = await readdir(gateway.settings.repoRoot);
      const refusal = await gateway.refusal('create_repo', { repo_name: name, repo_type: 'git' });
      expect(refusal).toMatch(/^failed to create repository|^repo group `x` not found|argument `repo_name`/);
      expect(await readdir(gateway.settings.repoRoot)).toEqual(before);
    },
  );

  it('says which group is missing, also for a name that tries to climb', async () => {
    expect(await gateway.refusal('create_repo', { repo_name: 'nowhere/x', repo_type: 'git' })).toBe(
      'repo group `nowhere` not found',
    );
    expect(await gateway.refusal('create_repo', { repo_name: '/', repo_type: 'git' })).toBe(
      'repo group `` not found',
    );
    expect(await gateway.refusal('create_repo', { repo_name: 'team/../x', repo_type: 'git' })).toBe(
      'repo group `team/..` not found',
    );
  });

  it('refuses names that differ only in case, and names of groups', async () => {
    await gateway.call('create_repo', { repo_name: 'Taken', repo_type: 'git' });
    expect(await gateway.refusal('create_repo', { repo_name: 'tAKEN', repo_type: 'git' })).toBe(
      'repo `tAKEN` already exist',
    );
    expect(await gateway.refusal('create_repo', { repo_name: 'team', repo_type: 'git' })).toBe(
      'failed to create repository `team`',
    );
  });

  it('makes one of two that are created at once', async () => {
    const attempt = () =>
      gateway.call('create_repo', { repo_name: 'race', repo_type: 'git' }).then(
        () => 'created',
        (error: Error) => error.message,
      );
    const outcomes = await Promise.all([attempt(), attempt()]);
    expect(outcomes.toSorted()).toEqual(['create_repo: repo `race` already exist', 'created']);
    expect(await gateway.call('get_repo', { repoid: 'race' })).toMatchObject({ repo_name: 'race' });
  });

  it('asks for write on the group, and lets only super admins name an owner', async () => {
    expect(await gateway.refusal('create_repo', { repo_name: 'team/x', repo_type: 'git' }, alice.key)).toBe(
      'no permission to create repo in team',
    );
    expect(
      await gateway.refusal('create_repo', { repo_name: 'x', repo_type: 'git', owner: 'admin' }, alice.key),
    ).toBe('Only Kallithea admin can specify `owner` param');
  });

  it.each(['file:///etc', '/etc', 'ext::sh -c id', 'ssh://host/x', 'git://host/x', '--upload-pack=id'])(
    'does not clone from %s',
    async (clone_uri) => {
      const refusal = await gateway.refusal('create_repo', {
        repo_name: 'cloned',
        repo_type: 'git',
        clone_uri,
      });
      expect(refusal).toBe('failed to create repository `cloned`');
      expect(existsSync(directory('cloned'))).toBe(false);
      expect(await gateway.refusal('get_repo', { repoid: 'cloned' })).toBe(
        'repository `cloned` does not exist',
      );
    },
  );

  it('reports a remote that is not there and keeps no half repository', async () => {
    const args = { repo_name: 'gone', repo_type: 'git', clone_uri: 'http://127.0.0.1:9/x.git' };
    expect(await gateway.refusal('create_repo', args)).toBe('failed to create repository `gone`');
    expect(existsSync(directory('gone'))).toBe(false);
    await gateway.call('create_repo', { repo_name: 'gone', repo_type: 'git' });
  });
});

describe('private repositories', () => {
  it('do not exist for strangers', async () => {
    await gateway.call('create_repo', { repo_name: 'secret', repo_type: 'git', private: true });
    expect(await gateway.refusal('get_repo', { repoid: 'secret' }, alice.key)).toBe(
      'repository `secret` does not exist',
    );
    expect(await gateway.refusal('get_repo', { repoid: 'no-such' }, alice.key)).toBe(
      'repository `no-such` does not exist',
    );
    const names = (await gateway.call<{ repo_name: string }[]>('get_repos', {}, alice.key)).map(
      (r) => r.repo_name,
    );
    expect(names).not.toContain('secret');
    expect(names).toContain('new-git');
    await gateway.call('grant_user_permission', {
      repoid: 'secret',
      userid: 'alice',
      perm: 'repository.read',
    });
    expect(await gateway.call('get_repo', { repoid: 'secret' }, alice.key)).toMatchObject({
      repo_name: 'secret',
    });
    expect(await gateway.refusal('update_repo', { repoid: 'secret', description: 'x' }, alice.key)).toBe(
      'repository `secret` does not exist',
    );
    await gateway.call('revoke_user_permission', { repoid: 'secret', userid: 'alice' });
    expect(await gateway.refusal('get_repo', { repoid: 'secret' }, alice.key)).toBe(
      'repository `secret` does not exist',
    );
  });

  it('take only permissions of the right kind', async () => {
    const args = { repoid: 'secret', userid: 'alice' };
    expect(await gateway.refusal('grant_user_permission', { ...args, perm: 'group.read' })).toBe(
      'permission `group.read` is invalid, should start with repository.',
    );
    expect(await gateway.call('grant_user_permission', { ...args, perm: 'repository.write' })).toEqual({
      msg: 'Granted perm: `repository.write` for user: `alice` in repo: `secret`',
      success: true,
    });
    await gateway.call('revoke_user_permission', args);
  });
});

describe('clone addresses', () => {
  it.each([
    ['mirror', 'https://bot:hunter2@git.example.com/x.git', 'https://bot:*****@git.example.com/x.git'],
    ['mirror-by-token', 'https://hunter2@git.example.com/x.git', 'https://*****@git.example.com/x.git'],
  ])(
    'show secrets to repository admins only, and never in plain text in the database: %s',
    async (repoid, uri, masked) => {
      await gateway.call('create_repo', { repo_name: repoid, repo_type: 'git' });
      await gateway.call('update_repo', { repoid, clone_uri: uri });
      expect(await gateway.call('get_repo', { repoid })).toMatchObject({ clone_uri: uri });
      const [row] = await gateway.app
        .get(Database)
        .query('SELECT repo::text AS text FROM repo WHERE repo_name = $1', [repoid]);
      expect(row?.text).not.toContain(Buffer.from('hunter2').toString('hex'));
      expect(row?.text).not.toContain('hunter2');
      expect(await gateway.call('get_repo', { repoid }, alice.key)).toMatchObject({
        clone_uri: masked,
      });
      const listed = await gateway.call<{ repo_name: string; clone_uri: string }[]>(
        'get_repos',
        {},
        alice.key,
      );
      expect(listed.find((repo) => repo.repo_name === repoid)?.clone_uri).toBe(masked);
      await gateway.call('update_repo', { repoid, clone_uri: masked });
      expect(await gateway.call('get_repo', { repoid })).toMatchObject({ clone_uri: uri });
      await gateway.call('update_repo', { repoid, clone_uri: '' });
      expect(await gateway.call('get_repo', { repoid })).toMatchObject({ clone_uri: null });
    },
  );
});

describe('changing repositories', () => {
  it('renames and moves the directory too, and answers under the new name at once', async () => {
    await gateway.call('create_repo', { repo_name: 'old', repo_type: 'git' });
    await gateway.call('get_repo', { repoid: 'old' });
    const { repository } = await gateway.call<{ repository: { repo_id: number } }>('update_repo', {
      repoid: 'old',
      name: 'fresh',
      group: 'team',
    });
    expect(existsSync(directory('team/fresh'))).toBe(true);
    expect(existsSync(directory('old'))).toBe(false);
    expect(await gateway.refusal('get_repo', { repoid: 'old' })).toBe('repository `old` does not exist');
    expect(await gateway.call('get_repo', { repoid: 'team/fresh' })).toMatchObject(repository);
    expect(await gateway.call('update_repo', { repoid: repository.repo_id, group: '' })).toMatchObject({
      msg: `updated repo ID:${repository.repo_id} fresh`,
    });
    expect(existsSync(directory('fresh'))).toBe(true);
  });

  it('keeps name and directory together when the target is taken on disk', async () => {
    await gateway.call('create_repo', { repo_name: 'stays', repo_type: 'git' });
    await mkdir(directory('occupied'));
    expect(await gateway.refusal('update_repo', { repoid: 'stays', name: 'occupied' })).toBe(
      'failed to update repo `stays`',
    );
    expect(await gateway.call('get_repo', { repoid: 'stays' })).toMatchObject({ repo_name: 'stays' });
    expect(existsSync(directory('stays'))).toBe(true);
  });

  it('takes the default right away when it becomes private', async () => {
    await gateway.call('create_repo', { repo_name: 'shy', repo_type: 'git' });
    await gateway.call('get_repo', { repoid: 'shy' }, alice.key);
    await gateway.call('update_repo', { repoid: 'shy', private: true });
    expect(await gateway.refusal('get_repo', { repoid: 'shy' }, alice.key)).toBe(
      'repository `shy` does not exist',
    );
  });
});

describe('deleting repositories', () => {
  it('puts the directory into the trash beside it', async () => {
    await gateway.call('create_repo', { repo_name: 'team/doomed', repo_type: 'git' });
    expect(await gateway.call('delete_repo', { repoid: 'team/doomed' })).toEqual({
      msg: 'Deleted repository `team/doomed`',
      success: true,
    });
    expect(await readdir(directory('team'))).toContainEqual(
      expect.stringMatching(/^rm__\d{8}_\d{6}_\d{6}__doomed$/),
    );
    expect(await gateway.refusal('get_repo', { repoid: 'team/doomed' })).toBe(
      'repository `team/doomed` does not exist',
    );
  });

  it('asks what becomes of forks', async () => {
    await gateway.call('create_repo', { repo_name: 'parent', repo_type: 'git' });
    await gateway.call('fork_repo', { repoid: 'parent', fork_name: 'child' });
    await gateway.call('fork_repo', { repoid: 'child', fork_name: 'grandchild' });
    expect(await gateway.refusal('delete_repo', { repoid: 'parent' })).toBe(
      'Cannot delete `parent` it still contains attached forks',
    );
    expect(await gateway.call('delete_repo', { repoid: 'parent', forks: 'detach' })).toMatchObject({
      msg: 'Deleted repository `parent` Detached 1 forks',
    });
    expect(await gateway.call('get_repo', { repoid: 'child' })).toMatchObject({ fork_of: null });
    expect(await gateway.call('delete_repo', { repoid: 'child', forks: 'delete' })).toMatchObject({
      msg: 'Deleted repository `child` Deleted 1 forks',
    });
    expect(await gateway.refusal('get_repo', { repoid: 'grandchild' })).toBe(
      'repository `grandchild` does not exist',
    );
  });

  it('is not deleted with forks that belong to others', async () => {
    const owner = await gateway.createUser('parentsowner');
    await gateway.call('create_repo', { repo_name: 'theirs', owner: owner.username });
    await gateway.call('fork_repo', { repoid: 'theirs', fork_name: 'foreign', private: true });
    const deletion = { repoid: 'theirs', forks: 'delete' };
    const text = 'failed to delete repository `theirs`';
    expect(await gateway.refusal('delete_repo', deletion, owner.key)).toBe(text);
    const { api_key } = await gateway.call<{ api_key: string }>('create_api_key', {
      scopes: ['repo:theirs'],
    });
    expect(await gateway.refusal('delete_repo', deletion, api_key)).toBe(text);
    expect(await gateway.call('get_repo', { repoid: 'foreign' })).toMatchObject({ fork_of: 'theirs' });
    expect(await gateway.call('delete_repo', deletion)).toMatchObject({
      msg: 'Deleted repository `theirs` Deleted 1 forks',
    });
  });
});

describe('rescan_repos', () => {
  it('adopts what is new with its groups, and forgets what is gone only on request', async () => {
    await mkdir(directory('found/deep'), { recursive: true });
    run('git', gateway.settings.repoRoot, 'init', '-q', '--bare', 'found/deep/one');
    expect(await gateway.call('rescan_repos')).toEqual({ added: ['found/deep/one'], removed: [] });
    expect(await gateway.call('get_repo', { repoid: 'found/deep/one' })).toMatchObject({ owner: 'admin' });
    await rename(directory('found/deep/one'), join(gateway.settings.home, 'away'));
    expect(await gateway.call('rescan_repos')).toEqual({ added: [], removed: [] });
    expect(await gateway.call('rescan_repos', { remove_obsolete: 'TRUE' })).toEqual({
      added: [],
      removed: ['found/deep/one'],
    });
  });

  it('is a job for whoever does not wait', async () => {
    run('git', gateway.settings.repoRoot, 'init', '-q', '--bare', 'unwaited');
    const started = await gateway.call<{ job_id: number }>('rescan_repos', { wait: false });
    expect(started).toEqual({ added: [], removed: [], job_id: expect.any(Number) });
    const job = () => gateway.call('get_job', { job_id: started.job_id });
    while ((await job()).finished_on === null) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await job()).toMatchObject({
      kind: 'rescan_repos',
      state: 'succeeded',
      repo_name: null,
      group_name: null,
      progress: { done: 1, total: 1, text: 'Adopting repositories' },
      result: { added: ['unwaited'], removed: [] },
    });
  });

  it('leaves alone what a key with scopes must not touch', async () => {
    for (const name of ['mine', 'other', 'inside/mine'])
      run('git', gateway.settings.repoRoot, 'init', '-q', '--bare', name);
    const { api_key } = await gateway.call<{ api_key: string }>('create_api_key', {
      description: 'x',
      scopes: ['rescan_repos', 'get_job', 'repo:mine', 'repo:inside/*'],
    });
    expect(await gateway.call('rescan_repos', {}, api_key)).toEqual({ added: ['mine'], removed: [] });
    await rename(directory('other'), join(gateway.settings.home, 'other'));
    const started = await gateway.call<{ job_id: number }>('rescan_repos', { wait: false }, api_key);
    expect(await gateway.refusal('get_job', { job_id: started.job_id }, api_key)).toBe(
      `job \`${started.job_id}\` does not exist`,
    );
    expect(await gateway.call('rescan_repos')).toEqual({ added: ['inside/mine'], removed: [] });
  });

  it('takes in what others made without what it carries, and leaves out what leads out of the root', async () => {
    run('git', gateway.settings.repoRoot, 'init', '-q', '--bare', 'carrier');
    run('git', directory('carrier'), 'config', 'core.fsmonitor', '/bin/false');
    run('git', gateway.settings.repoRoot, 'init', '-q', '--bare', 'borrower');
    await writeFile(directory('borrower/objects/info/alternates'), '/etc\n');
    expect(await gateway.call('rescan_repos')).toEqual({ added: ['carrier'], removed: [] });
    expect(await readFile(directory('carrier/config'), 'utf8')).not.toContain('fsmonitor');
    expect(await gateway.refusal('get_repo', { repoid: 'borrower' })).toBe(
      'repository `borrower` does not exist',
    );
  });
});
