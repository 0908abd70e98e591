import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { PullRequestStage } from '../harness/pull-requests.js';
import { hasHg, run, WorkTree } from '../harness/repositories.js';

// Twenty behaviours of Kallithea look like defects; each is kept or mended on purpose. docs/compatibility.md says why.

let gateway: TestGateway;
/** Reads what everybody reads, and owns `site`, `team` and the user group `crew`. */
let ann: { key: string };
let bob: { key: string };

beforeAll(async () => {
  gateway = await startTestGateway();
  ann = await gateway.createUser('ann');
  bob = await gateway.createUser('bob');
  await gateway.call('create_repo', { repo_name: 'site', repo_type: 'git', owner: 'ann' });
  await gateway.call('create_repo_group', { group_name: 'team', owner: 'ann' });
  await gateway.call('create_user_group', { group_name: 'crew', owner: 'ann' });
});
afterAll(() => gateway.close());

const members = async (repoid: string) =>
  (await gateway.call<{ members: { name: string; permission: string }[] }>('get_repo', { repoid })).members;

describe('kept', () => {
  it('6: an explicit none takes nothing away', async () => {
    await gateway.call('grant_user_permission', { repoid: 'site', userid: 'bob', perm: 'repository.none' });
    expect(await gateway.call('get_repo', { repoid: 'site' }, bob.key)).toMatchObject({ repo_name: 'site' });
  });

  it('7: who owns a repository group or a user group may do nothing for that alone', async () => {
    await gateway.call('grant_user_permission_to_repo_group', {
      repogroupid: 'team',
      userid: 'default',
      perm: 'group.none',
    });
    // Whoever makes a group is given rights on it, which are not those of the owner
    await gateway.call('revoke_user_permission_from_repo_group', { repogroupid: 'team', userid: 'ann' });
    expect(await gateway.refusal('get_repo_group', { repogroupid: 'team' }, ann.key)).toBe(
      'repository group `team` does not exist',
    );
    for (const userid of ['default', 'ann'])
      await gateway.call('revoke_user_permission_from_user_group', { usergroupid: 'crew', userid });
    expect(await gateway.refusal('get_user_group', { usergroupid: 'crew' }, ann.key)).toBe(
      'user group `crew` does not exist',
    );
  });

  it('18: of several missing arguments the last is named', async () => {
    expect(await gateway.refusal('grant_user_permission')).toBe(
      'Missing non optional `perm` arg in JSON DATA',
    );
  });
});

describe('mended', () => {
  it('1: a refused global permission is no internal error', async () => {
    expect(await gateway.refusal('get_users', {}, ann.key)).toBe('Access was denied to this resource.');
  });

  it('2: the password in `clone_uri` is for administrators of the repository', async () => {
    const source = 'https://me:secret@example.com/site.git';
    await gateway.call('update_repo', { repoid: 'site', clone_uri: source });
    const shown = (key?: string) => gateway.call('get_repo', { repoid: 'site' }, key);
    expect(await shown(ann.key)).toMatchObject({ clone_uri: source });
    expect(JSON.stringify(await shown(bob.key))).not.toContain('secret');
    await gateway.call('update_repo', { repoid: 'site', clone_uri: '' });
  });

  it('3: nobody makes a gist or a group in the name of another', async () => {
    const files = { a: { content: 'a' } };
    expect(await gateway.refusal('create_gist', { files, owner: 'bob' }, ann.key)).toBeTruthy();
    await gateway.call('grant_global_permission', { userid: 'ann', perm: 'hg.usergroup.create.true' });
    expect(
      await gateway.refusal('create_user_group', { group_name: 'theirs', owner: 'bob' }, ann.key),
    ).toBeTruthy();
    expect(await gateway.refusal('get_user_group', { usergroupid: 'theirs' })).toContain('does not exist');
  });

  it('4: a public gist is read by everybody', async () => {
    const { gist } = await gateway.call<{ gist: { access_id: string } }>(
      'create_gist',
      { files: { a: { content: 'a' } }, gist_type: 'public' },
      ann.key,
    );
    expect(await gateway.call('get_gist', { gistid: gist.access_id }, bob.key)).toMatchObject({
      type: 'public',
    });
  });

  it('5: a revoked row of `default` counts as none', async () => {
    await gateway.call('create_repo', { repo_name: 'closed', repo_type: 'git' });
    await gateway.call('revoke_user_permission', { repoid: 'closed', userid: 'default' });
    expect(await gateway.refusal('get_repo', { repoid: 'closed' }, bob.key)).toBe(
      'repository `closed` does not exist',
    );
    expect(await gateway.call('get_user', {}, bob.key)).toMatchObject({ username: 'bob' });
  });

  it('8: a name in other case overwrites no account', async () => {
    expect(await gateway.refusal('create_user', { username: 'ANN', email: 'new@example.com' })).toBe(
      'user `ANN` already exist',
    );
    expect(await gateway.call('get_user', {}, ann.key)).toMatchObject({ username: 'ann' });
  });

  it('9: `rescan_repos` names what it removed, and nothing else', async () => {
    await gateway.call('create_repo', { repo_name: 'lost', repo_type: 'git' });
    rmSync(join(gateway.settings.repoRoot, 'lost'), { recursive: true });
    expect(await gateway.call('rescan_repos')).toMatchObject({ removed: [] });
    expect(await gateway.call('rescan_repos', { remove_obsolete: true })).toMatchObject({
      removed: ['lost'],
    });
  });

  it('10: a repository group with something in it is not deleted', async () => {
    await gateway.call('create_repo', { repo_name: 'team/tool', repo_type: 'git' });
    expect(await gateway.refusal('delete_repo_group', { repogroupid: 'team' })).toBe(
      'repo group `team` is not empty',
    );
    expect(await gateway.call('get_repo', { repoid: 'team/tool' })).toMatchObject({ repo_name: 'team/tool' });
  });

  it('11: recursion leaves private repositories out when it is about `default`', async () => {
    await gateway.call('create_repo', { repo_name: 'team/secret', repo_type: 'git', private: true });
    const grant = { repogroupid: 'team', userid: 'default', perm: 'group.write', apply_to_children: 'all' };
    await gateway.call('grant_user_permission_to_repo_group', grant);
    const everybody = { name: 'default', permission: 'repository.write' };
    expect(await members('team/tool')).toContainEqual(expect.objectContaining(everybody));
    expect(await members('team/secret')).not.toContainEqual(expect.objectContaining(everybody));
  });

  it('12: a repository takes permissions of repositories only', async () => {
    const grant = { repoid: 'site', userid: 'bob', perm: 'group.read' };
    expect(await gateway.refusal('grant_user_permission', grant)).toBe(
      'permission `group.read` is invalid, should start with repository.',
    );
  });

  it('13: an administrator of a repository at the top changes what is no name', async () => {
    await gateway.call('grant_global_permission', { userid: 'default', perm: 'hg.create.none' });
    const change = { repoid: 'site', name: 'site', description: 'of ours' };
    expect(await gateway.call('update_repo', change, ann.key)).toMatchObject({
      repository: { description: 'of ours' },
    });
    expect(await gateway.refusal('update_repo', { repoid: 'site', name: 'page' }, ann.key)).toBeTruthy();
    await gateway.call('grant_global_permission', { userid: 'default', perm: 'hg.create.repository' });
  });

  it('16: the status of a vote is one of the words', async () => {
    const stage = await PullRequestStage.on(gateway, 'git');
    stage.push('topic', { 'a.txt': 'a' });
    const vote = { pull_request_id: await stage.open('topic'), status: 'whatever' };
    expect(await gateway.refusal('comment_pullrequest', vote)).toContain('approved');
  });

  it('17: a user may ask for himself by name', async () => {
    expect(await gateway.call('get_user', { userid: 'ann' }, ann.key)).toMatchObject({ username: 'ann' });
  });

  it('19: the text `false` is not true', async () => {
    await gateway.call('create_repo', { repo_name: 'shown', repo_type: 'git', private: 'false' });
    expect(await gateway.call('get_repo', { repoid: 'shown' })).toMatchObject({ private: false });
  });

  it('20: repositories and groups go to the top', async () => {
    await gateway.call('create_repo_group', { group_name: 'sub', parent: 'team' });
    await gateway.call('update_repo_group', { repogroupid: 'team/sub', parent: '' });
    expect(await gateway.call('get_repo_group', { repogroupid: 'sub' })).toMatchObject({ group_name: 'sub' });
    await gateway.call('update_repo', { repoid: 'team/tool', group: '' });
    expect(await gateway.call('get_repo', { repoid: 'tool' })).toMatchObject({ repo_name: 'tool' });
  });
});

describe.each(['git', 'hg'] as const)('mended for %s', (type) => {
  const repoid = `history-${type}`;
  let revisions: string[];

  beforeAll(async () => {
    if (type === 'hg' && !hasHg) return;
    await gateway.call('create_repo', { repo_name: repoid, repo_type: type });
    const tree = WorkTree.clone(type, join(gateway.settings.repoRoot, repoid));
    revisions = ['one', 'two'].map((word) => tree.commit('a', word, word));
    tree.branch('topic');
    revisions.push(tree.commit('b', 'three', 'three'));
    // Mercurial has no names of digits alone
    if (type === 'git') run('git', tree.directory, 'branch', '7');
    tree.push();
    tree.remove();
    await gateway.call('invalidate_cache', { repoid });
  });

  const list = async (more: object) =>
    (await gateway.call<{ raw_id: string }[]>('get_changesets', { repoid, ...more })).map(
      ({ raw_id }) => raw_id,
    );

  it.skipIf(type === 'hg' && !hasHg)(
    '14: `start`, `end` and `max_revisions` mean the same everywhere',
    async () => {
      const [one, two, three] = revisions;
      expect(await list({ max_revisions: 2 })).toEqual([two, three]);
      expect(await list({ start: one, end: two })).toEqual([one, two]);
      expect(await list({ start: two, branch_name: 'topic' })).toContain(three);
    },
  );

  it.skipIf(type === 'hg' && !hasHg)('15: hashes may be short, and names come before numbers', async () => {
    const changeset = (raw_id: string) => gateway.call('get_changeset', { repoid, raw_id });
    expect(await changeset(revisions[1]?.slice(0, 8) ?? '')).toMatchObject({ raw_id: revisions[1] });
    if (type === 'git') expect(await changeset('7')).toMatchObject({ raw_id: revisions[2] });
  });
});
