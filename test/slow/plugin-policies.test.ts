import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definePlugin, type PolicyQuestion } from 'forgegate/sdk';
import { createTestGateway, type TestGateway } from 'forgegate/sdk/testing';
import { addressOf, Client } from '../harness/client.js';
import { PluginFolder } from '../harness/plugin-folder.js';
import { hasHg } from '../harness/repositories.js';

const TREE = new URL('../../plugins/', import.meta.url);

let folder: PluginFolder;
let gateway: TestGateway;
const asked: PolicyQuestion[] = [];

/** Policies that fail in one way or another, for repositories that are called so. */
const moody = definePlugin({
  setup(ctx) {
    const actions = ['push', 'create', 'delete'] as const;
    const fail = ({ action, repository: { repo_name } }: PolicyQuestion, mood: string) =>
      (repo_name === mood && action === 'push') || repo_name === `${mood}-${action}`;
    const hang = new Promise<never>(() => undefined);
    const throwing = () => {
      throw new Error('secret detail');
    };
    const answer = { allow: true } as const;
    ctx.policy({ name: 'open', actions, onFailure: 'open' }, (question) =>
      fail(question, 'open') ? throwing() : answer,
    );
    ctx.policy({ name: 'closed', actions, onFailure: 'closed' }, (question) =>
      fail(question, 'closed') ? throwing() : answer,
    );
    ctx.policy({ name: 'slow-open', actions, onFailure: 'open', deadlineMs: 300 }, (question) =>
      fail(question, 'slow-open') ? hang : answer,
    );
    ctx.policy({ name: 'slow-closed', actions, onFailure: 'closed', deadlineMs: 300 }, (question) =>
      fail(question, 'slow-closed') ? hang : answer,
    );
    ctx.policy(
      { name: 'named', actions: ['create', 'delete', 'push', 'merge'], onFailure: 'closed' },
      (question) => {
        asked.push(question);
        const { action, repository } = question;
        if (action === 'create' && repository.repo_name.startsWith('x'))
          return { allow: false, reason: 'no name begins with x' };
        if (action === 'delete' && repository.repo_name === 'kept')
          return { allow: false, reason: 'it is kept' };
        return answer;
      },
    );
  },
});

beforeAll(async () => {
  folder = await PluginFolder.make();
  await folder.add('moody', {}, { kinds: ['policy'] });
  gateway = await createTestGateway({
    plugins: [
      { folder: `${folder.path}/moody`, plugin: moody },
      {
        folder: new URL('commit-message/', TREE),
        config: { pattern: '^(feat|fix): \\S', repositories: ['ruled*'] },
      },
      { folder: new URL('required-reviews/', TREE), config: { approvals: 2, repositories: ['reviewed'] } },
    ],
  });
});
afterAll(async () => {
  await gateway.close();
  await folder.remove();
});

describe('a policy on pushes', () => {
  it('refuses at the client of git, in its own words, and nothing of the push stays', async () => {
    const repo = await gateway.createRepo('ruled');
    const first = await repo.push({ 'a.txt': '1' }, { message: 'feat: One' });
    await expect(repo.push({ 'a.txt': '2' }, { message: 'wip' })).rejects.toThrow(
      /commit messages do not keep to the rule:[^]*[0-9a-f]{12} wip/,
    );
    const branches = await gateway.call('get_repo_refs', { repoid: 'ruled' });
    expect(JSON.stringify(branches)).toContain(first);
    const { last_changeset } = await gateway.call<{ last_changeset: { raw_id: string } }>('get_repo', {
      repoid: 'ruled',
    });
    expect(last_changeset.raw_id).toBe(first);
    await repo.push({ 'a.txt': '2' }, { message: 'fix: Two' });
  });

  it('sees refs and commits, and who pushes', async () => {
    const ada = await gateway.createUser('ada');
    const repo = await gateway.createRepo('seen');
    await gateway.call('grant_user_permission', { repoid: 'seen', userid: 'ada', perm: 'repository.write' });
    const old = await repo.push({ 'a.txt': '1' });
    asked.length = 0;
    const pushed = await repo.push({ 'a.txt': '2' }, { message: 'Second\n\nbody', as: ada });
    expect(asked).toEqual([
      {
        action: 'push',
        caller: { user_id: ada.user_id, username: 'ada', admin: false },
        repository: expect.objectContaining({ repo_name: 'seen', repo_id: repo.repo_id, repo_type: 'git' }),
        refs: [{ kind: 'branch', name: 'main', old, new: pushed, forced: false }],
        commits: [{ raw_id: pushed, message: 'Second\n\nbody', author: 'Ada Lovelace <ada@example.com>' }],
        commits_total: 1,
      },
    ]);
  });

  it.skipIf(!hasHg)('refuses at the client of Mercurial too', async () => {
    await gateway.call('create_repo', { repo_name: 'ruled-hg', repo_type: 'hg' });
    const client = new Client();
    try {
      const address = addressOf(gateway, 'ruled-hg', 'admin', gateway.adminKey);
      await client.hg('.', 'clone', '-q', address, 'tree');
      await client.commit('hg', 'tree', 'a.txt', '1');
      const { code, stdout, stderr } = await client.try('hg', 'tree', ['push', address]);
      expect(code).not.toBe(0);
      expect(stdout + stderr).toContain('commit messages do not keep to the rule');
    } finally {
      client.remove();
    }
  });

  it.each([
    ['open', true],
    ['slow-open', true],
    ['closed', false],
    ['slow-closed', false],
  ])('that fails is %s: the push passes: %s', async (name, passes) => {
    const repo = await gateway.createRepo(name);
    const push = repo.push({ 'a.txt': '1' });
    if (passes) expect(await push).toMatch(/^[0-9a-f]{40}$/);
    else {
      const refusal = await push.then(
        () => 'it passed',
        (error: Error) => error.message,
      );
      expect(refusal).toContain(`the policy ${name} could not be asked, try again later`);
      expect(refusal).not.toContain('secret detail');
    }
  });
});

describe('a policy on merges', () => {
  it('holds a pull request back until enough people have approved it', async () => {
    const repo = await gateway.createRepo('reviewed', { files: { 'a.txt': '1' } });
    await repo.push({ 'b.txt': '1' }, { branch: 'topic' });
    const { pull_request_id } = await gateway.call('create_pull_request', {
      source_repo: 'reviewed',
      target_repo: 'reviewed',
      source_ref: 'branch:topic',
      target_ref: 'branch:main',
      title: 'Topic',
    });
    const pullrequestid = pull_request_id;
    const merge = () => gateway.call<{ executed: boolean }>('merge_pull_request', { pullrequestid });
    await expect(merge()).rejects.toThrow('it needs 2 approvals and has 0');
    for (const username of ['grace', 'linus']) {
      const { key } = await gateway.createUser(username);
      await gateway.call('grant_user_permission', {
        repoid: 'reviewed',
        userid: username,
        perm: 'repository.write',
      });
      await gateway.call('comment_pull_request', { pullrequestid, message: 'Fine', status: 'approved' }, key);
    }
    asked.length = 0;
    expect(await merge()).toMatchObject({ executed: true });
    expect(asked).toMatchObject([
      { action: 'merge', pull_request: { pull_request_id, title: 'Topic', owner: 'admin' } },
    ]);
  });
});

describe('a policy on creating and deleting', () => {
  it('refuses with its reason, also forks', async () => {
    expect(await gateway.refusal('create_repo', { repo_name: 'xylophone' })).toContain(
      'no name begins with x',
    );
    await gateway.createRepo('fine', { files: { 'a.txt': '1' } });
    expect(await gateway.refusal('fork_repo', { repoid: 'fine', fork_name: 'xfork' })).toContain(
      'no name begins with x',
    );
    expect(await gateway.refusal('get_repo', { repoid: 'xfork' })).toContain('does not exist');
    await gateway.createRepo('kept');
    expect(await gateway.refusal('delete_repo', { repoid: 'kept' })).toContain('it is kept');
    expect(await gateway.call('get_repo', { repoid: 'kept' })).toMatchObject({ repo_name: 'kept' });
  });

  it.each(['create', 'delete'])('that fails is open or closed as declared: %s', async (action) => {
    const names = { open: `open-${action}`, closed: `slow-closed-${action}` };
    if (action === 'create') {
      await gateway.createRepo(names.open);
      expect(await gateway.refusal('create_repo', { repo_name: names.closed })).toContain(
        'could not be asked',
      );
    } else {
      for (const repo_name of Object.values(names)) await gateway.call('create_repo', { repo_name });
      await gateway.call('delete_repo', { repoid: names.open });
      expect(await gateway.refusal('delete_repo', { repoid: names.closed })).toContain('could not be asked');
    }
  });
});

describe('simulate_policy', () => {
  interface Trial {
    policy: string;
    asked: number;
    refused: number;
    decisions: {
      action: string;
      allowed: boolean;
      failed: boolean;
      reason: string | null;
      username: string;
    }[];
  }
  const simulate = (args: object) => gateway.call<Trial>('simulate_policy', args);

  it('says what would have become of past pushes, and refuses nothing', async () => {
    const repo = await gateway.createRepo('tried', { files: { 'a.txt': '1' } });
    await repo.push({ 'a.txt': '2' }, { message: 'feat: Two' });
    await gateway.call('configure_plugin', {
      plugin_id: 'commit-message',
      config: { pattern: '^feat: ', repositories: ['tried'] },
    });
    const {
      asked: count,
      refused,
      policy,
      decisions,
    } = await simulate({ plugin_id: 'commit-message', repoid: 'tried' });
    expect([policy, count, refused]).toEqual(['commit-message', 2, 1]);
    expect(decisions).toMatchObject([
      { action: 'push', allowed: false, username: 'admin', reason: expect.stringContaining('Change files') },
      { action: 'push', allowed: true, reason: null },
    ]);
  });

  it('asks about merges with their pull request, creations and deletions', async () => {
    await gateway.createRepo('gone');
    await gateway.call('delete_repo', { repoid: 'gone' });
    asked.length = 0;
    const { decisions } = await simulate({ plugin_id: 'moody', policy: 'named', limit: 1000 });
    const actions = new Set(decisions.map(({ action }) => action));
    expect([...actions].toSorted()).toEqual(['create', 'delete', 'merge', 'push']);
    expect(asked.find(({ action }) => action === 'merge')).toMatchObject({
      pull_request: { title: 'Topic', owner: 'admin' },
      refs: [{ kind: 'branch', name: 'main' }],
    });
    const slow = await simulate({ plugin_id: 'moody', policy: 'closed', limit: 1000 });
    expect(slow.decisions.find(({ failed }) => failed)).toBeUndefined();
  });

  it('tells of failures apart from refusals', async () => {
    const { decisions } = await simulate({ plugin_id: 'moody', policy: 'open', repoid: 'open' });
    expect(decisions.at(-1)).toMatchObject({ action: 'push', failed: true, allowed: true });
  });

  it('names what is to choose from', async () => {
    expect(await gateway.refusal('simulate_policy', { plugin_id: 'moody' })).toContain(
      '`policy` must be one of open, closed, slow-open, slow-closed, named',
    );
    expect(await gateway.refusal('simulate_policy', { plugin_id: 'nobody' })).toBe(
      'plugin `nobody` does not exist',
    );
  });
});
