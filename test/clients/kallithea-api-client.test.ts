import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { WorkTree } from '../harness/repositories.js';
import { RecordedClient, website } from './recorded-client.js';

const client = RecordedClient.of(null, website);

/** toras9000's typed library: chunked JSON, an id that is a string, null for whatever is not given. */
async function call<Result = Record<string, unknown>>(
  method: string,
  args: object | null = null,
): Promise<Result> {
  const { status, json } = await client.send<Result>({
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ id: '', api_key: client.key, method, args }),
    isChunked: true,
  });
  if (json.error !== null) throw new Error(`${method}: ${json.error}`);
  expect({ status, id: json.id }).toEqual({ status: 200, id: '' });
  return json.result;
}

// Its records: another type, or a member less, makes it throw
const INT = expect.any(Number);
const TEXT = expect.any(String);
const BOOL = expect.any(Boolean);
const DATE = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?$/);
const user = (username: string) => ({
  user_id: INT,
  username,
  firstname: TEXT,
  lastname: TEXT,
  email: TEXT,
  emails: [TEXT],
  active: BOOL,
  admin: BOOL,
});
const userGroup = (group_name: string, members: object[]) => ({
  users_group_id: INT,
  group_name,
  group_description: TEXT,
  active: BOOL,
  owner: 'admin',
  members,
});
const repoGroup = (group_name: string, repositories: string[]) => ({
  group_id: INT,
  group_name,
  group_description: TEXT,
  parent_group: null,
  repositories,
  owner: 'admin',
});
const changeset = { short_id: TEXT, raw_id: TEXT, revision: INT, message: TEXT, date: DATE };
const repo = (repo_name: string) => ({
  repo_id: INT,
  repo_name,
  repo_type: 'git',
  clone_uri: null,
  private: BOOL,
  created_on: DATE,
  description: TEXT,
  landing_rev: ['rev', 'tip'],
  owner: 'admin',
  fork_of: expect.toBeOneOf([null, TEXT]),
  enable_downloads: BOOL,
  enable_statistics: BOOL,
  last_changeset: { ...changeset, author: TEXT },
});
const said = (msg: string) => ({ msg, success: true });

describe('the server', () => {
  it('tells of itself', async () => {
    expect(await call('get_ip', { userid: null })).toEqual({ server_ip_addr: '127.0.0.1', user_ips: [] });
    expect(await call('get_server_info')).toMatchObject({
      modules: expect.arrayContaining([[TEXT, TEXT]]),
      py_version: TEXT,
      platform: TEXT,
      kallithea_version: '0.7.0',
      git_version: TEXT,
      git_path: TEXT,
    });
    expect(await call('rescan_repos', { remove_obsolete: null })).toEqual({ added: [], removed: [] });
  });
});

describe('users', () => {
  it('are made, changed, shown and deleted', async () => {
    const nothing = { password: null, firstname: null, lastname: null, active: null, admin: null };
    const origin = { extern_type: null, extern_name: null };
    expect(
      await call('create_user', { username: 'ada', email: 'ada@example.com', ...nothing, ...origin }),
    ).toMatchObject({ msg: 'created new user `ada`', user: user('ada') });
    expect(
      await call('update_user', { userid: 'ada', username: null, email: null, ...nothing, ...origin }),
    ).toEqual({
      msg: expect.stringMatching(/^updated user ID:\d+ ada$/),
      user: user('ada'),
    });
    expect(await call('get_users')).toEqual([user('ada'), user('admin')]);
    expect(await call('get_user', { userid: 'ada' })).toEqual({
      ...user('ada'),
      permissions: {
        global: expect.arrayContaining(['repository.read']),
        repositories: { website: 'repository.read' },
        repositories_groups: {},
        user_groups: {},
      },
    });
    await call('create_user', { username: 'gone', email: 'gone@example.com', ...nothing, ...origin });
    expect(await call('delete_user', { userid: 'gone' })).toEqual({ msg: TEXT, user: null });
  });
});

describe('user groups', () => {
  it('are made, changed, shown and deleted', async () => {
    const made = { group_name: 'staff', description: null, owner: null, active: null };
    expect(await call('create_user_group', made)).toEqual({
      msg: 'created new user group `staff`',
      user_group: userGroup('staff', []),
    });
    const member = { usergroupid: 'staff', userid: 'ada' };
    expect(await call('add_user_to_user_group', member)).toEqual(
      said('added member `ada` to user group `staff`'),
    );
    expect(await call('get_user_group', { usergroupid: 'staff' })).toEqual(userGroup('staff', [user('ada')]));
    expect(await call('get_user_groups')).toEqual([userGroup('staff', [user('ada')])]);
    const change = { usergroupid: 'staff', group_name: null, description: 'us', owner: null, active: null };
    expect(await call('update_user_group', change)).toMatchObject({
      user_group: { group_description: 'us' },
    });
    expect(await call('remove_user_from_user_group', member)).toEqual(
      said('removed member `ada` from user group `staff`'),
    );
    await call('create_user_group', { ...made, group_name: 'gone' });
    expect(await call('delete_user_group', { usergroupid: 'gone' })).toEqual({ msg: TEXT, user_group: null });
  });
});

describe('repositories', () => {
  const nothing = {
    owner: null,
    description: null,
    private: null,
    clone_uri: null,
    landing_rev: null,
    enable_statistics: null,
    enable_downloads: null,
  };

  it('are made, forked, changed, shown and deleted', async () => {
    const made = { repo_name: 'tool', repo_type: 'git', ...nothing, copy_permissions: null };
    expect(await call('create_repo', made)).toEqual(said('Created new repository `tool`'));
    const fork = { repoid: 'website', fork_name: 'copy', owner: null, description: null };
    expect(
      await call('fork_repo', { ...fork, copy_permissions: null, private: null, landing_rev: null }),
    ).toEqual(said('Created fork of `website` as `copy`'));
    expect(await call('get_repos')).toEqual([repo('copy'), repo('tool'), repo('website')]);
    const change = { repoid: 'tool', name: 'gear', group: null, ...nothing };
    expect(await call('update_repo', change)).toEqual({
      msg: expect.stringMatching(/^updated repo ID:\d+ gear$/),
      repository: repo('gear'),
    });
    expect(await call('delete_repo', { repoid: 'gear', forks: null })).toEqual(
      said('Deleted repository `gear`'),
    );
    expect(await call('pull', { repoid: 'copy', clone_uri: null })).toEqual({
      msg: 'Pulled from `copy`',
      repository: 'copy',
    });
    expect(await call('invalidate_cache', { repoid: 'copy' })).toEqual({
      msg: 'Cache for repository `copy` was invalidated',
      repository: 'copy',
    });
  });

  it('are shown with members and followers', async () => {
    const args = { repoid: 'website', with_revision_names: true, with_pullrequests: true };
    expect(await call('get_repo', args)).toMatchObject({
      ...repo('website'),
      members: [{ name: 'default', type: 'user', permission: 'repository.read' }],
      followers: [user('admin')],
      tags: {},
      branches: { main: TEXT },
      bookmarks: {},
      pull_requests: [],
    });
    const nodes = { repoid: 'website', revision: 'tip', root_path: '', ret_type: null };
    expect(await call('get_repo_nodes', nodes)).toEqual([{ name: 'README', type: 'file' }]);
  });

  it('have rights', async () => {
    const repoid = 'website';
    const perm = 'repository.write';
    expect(await call('grant_user_permission', { repoid, userid: 'ada', perm })).toEqual(
      said('Granted perm: `repository.write` for user: `ada` in repo: `website`'),
    );
    expect(await call('revoke_user_permission', { repoid, userid: 'ada' })).toEqual(
      said('Revoked perm for user: `ada` in repo: `website`'),
    );
    expect(await call('grant_user_group_permission', { repoid, usergroupid: 'staff', perm })).toEqual(
      said('Granted perm: `repository.write` for user group: `staff` in repo: `website`'),
    );
    expect(await call('revoke_user_group_permission', { repoid, usergroupid: 'staff' })).toEqual(
      said('Revoked perm for user group: `staff` in repo: `website`'),
    );
  });

  it('have changesets', async () => {
    const filters = { start: null, end: null, start_date: null, end_date: null, branch_name: null };
    const more = { reverse: null, with_file_list: null, max_revisions: null };
    expect(await call('get_changesets', { repoid: 'website', ...filters, ...more })).toEqual([
      { ...changeset, author: 'Ada <ada@example.com>' },
    ]);
    expect(await call('get_changeset', { repoid: 'website', raw_id: 'tip', with_reviews: true })).toEqual({
      ...changeset,
      author: { name: 'Ada', email: 'ada@example.com' },
      added: ['README'],
      changed: [],
      removed: [],
      reviews: [],
    });
  });
});

describe('repository groups', () => {
  it('are made, changed, shown and deleted', async () => {
    const made = { group_name: 'team', description: null, owner: null, parent: null, copy_permissions: null };
    expect(await call('create_repo_group', made)).toEqual({
      msg: 'created new repo group `team`',
      repo_group: repoGroup('team', []),
    });
    expect(await call('get_repo_groups')).toEqual([repoGroup('team', [])]);
    expect(await call('get_repo_group', { repogroupid: 'team' })).toEqual({
      ...repoGroup('team', []),
      members: [{ name: 'default', type: 'user', permission: 'group.read' }],
    });
    const change = { repogroupid: 'team', group_name: 'crew', description: null, owner: null, parent: null };
    expect(await call('update_repo_group', change)).toMatchObject({ repo_group: repoGroup('crew', []) });
  });

  it('have rights', async () => {
    const repogroupid = 'crew';
    const more = { perm: 'group.write', apply_to_children: null };
    const done = { msg: TEXT, success: true };
    expect(
      await call('grant_user_permission_to_repo_group', { repogroupid, userid: 'ada', ...more }),
    ).toEqual(done);
    const user = { repogroupid, userid: 'ada', apply_to_children: null };
    expect(await call('revoke_user_permission_from_repo_group', user)).toEqual(done);
    const group = { repogroupid, usergroupid: 'staff' };
    expect(await call('grant_user_group_permission_to_repo_group', { ...group, ...more })).toEqual(done);
    expect(
      await call('revoke_user_group_permission_from_repo_group', { ...group, apply_to_children: null }),
    ).toEqual(done);
    expect(await call('delete_repo_group', { repogroupid })).toEqual({ msg: TEXT, repo_group: null });
  });
});

describe('gists', () => {
  it('are made, shown and deleted', async () => {
    const files = { 'a.txt': { content: 'text', lexer: null } };
    const made = { files, owner: null, gist_type: null, lifetime: null, description: '' };
    const gist = {
      gist_id: INT,
      type: 'public',
      access_id: TEXT,
      description: '',
      url: TEXT,
      expires: -1,
      created_on: DATE,
    };
    const created = await call<{ gist: { access_id: string } }>('create_gist', made);
    expect(created).toEqual({ msg: 'created new gist', gist });
    const gistid = created.gist.access_id;
    expect(await call('get_gist', { gistid })).toEqual(gist);
    expect(await call('get_gists', { userid: null })).toEqual([gist]);
    expect(await call('delete_gist', { gistid })).toEqual({ msg: `deleted gist ID:${gistid}`, gist: null });
  });
});

describe('pull requests', () => {
  let id = 0;
  beforeAll(async () => {
    const tree = WorkTree.clone('git', join(client.gateway.settings.repoRoot, 'website'));
    tree.switchTo('main');
    tree.branch('feature');
    tree.commit('feature', 'new\n', 'Add a feature');
    tree.push();
    tree.remove();
    await call('invalidate_cache', { repoid: 'website' });
    const refs = { source_ref: 'branch:feature', target_ref: 'branch:main' };
    const repos = { source_repo: 'website', target_repo: 'website' };
    const made = await call<{ pull_request_id: number }>('create_pull_request', {
      ...repos,
      ...refs,
      title: 'New',
    });
    id = made.pull_request_id;
  });

  it('are reviewed and commented', async () => {
    expect(await call('edit_reviewers', { pull_request_id: id, add: ['ada'], remove: null })).toEqual({
      added: ['ada'],
      already_present: [],
      removed: [],
    });
    const comment = { pull_request_id: id, comment_msg: 'Well', status: 'approved', close_pr: null };
    expect(await call('comment_pullrequest', comment)).toBe(true);
    expect(await call('get_pullrequest', { pullrequest_id: id })).toMatchObject({
      pull_request_id: id,
      url: TEXT,
      reviewers: [{ username: 'ada' }],
      revisions: [TEXT],
      owner: 'admin',
      title: 'New',
      description: '',
      org_repo_url: TEXT,
      org_ref_parts: [TEXT, TEXT, TEXT],
      other_ref_parts: [TEXT, TEXT, TEXT],
      status: 'new',
      comments: expect.arrayContaining([
        { comment_id: INT, username: 'admin', text: 'Well', created_on: DATE },
      ]),
      statuses: expect.arrayContaining([{ status: 'approved', modified_at: DATE, reviewer: 'admin' }]),
      created_on: DATE,
      updated_on: DATE,
    });
  });
});

describe('a refusal', () => {
  it('is text', async () => {
    await expect(call('get_repo', { repoid: 'none' })).rejects.toThrow('repository `none` does not exist');
  });
});
