import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { WorkTree } from '../harness/repositories.js';

const DATE = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?$/) as string;
const INT = expect.any(Number) as number;

let gateway: TestGateway;
let admin: string;
let ada: { user_id: number; key: string };

const ask = async (method: string, args: object = {}, key = admin) => {
  const response = await fetch(`${gateway.url}/_admin/api`, {
    method: 'POST',
    body: JSON.stringify({ id: 1, auth_token: key, method, args }),
  });
  return (await response.json()) as { result: never; error: unknown; DEPRECATION_WARNING?: string };
};
const call = async <Result = Record<string, unknown>>(method: string, args?: object, key?: string) => {
  const { result, error } = await ask(method, args, key);
  expect(error, method).toBeNull();
  return result as Result;
};
const refusal = async (method: string, args?: object, key?: string) => (await ask(method, args, key)).error;

beforeAll(async () => {
  gateway = await startTestGateway();
  admin = gateway.adminKey;
  ada = await gateway.createUser('ada', { firstname: 'Ada', lastname: 'Lovelace' });
  await gateway.call('create_repo_group', { group_name: 'tools' });
  await gateway.call('create_repo', { repo_name: 'tools/web', repo_type: 'git', owner: 'ada' });
  const tree = WorkTree.clone('git', join(gateway.settings.repoRoot, 'tools/web'));
  tree.commit('README', 'hello\n', 'Say hello');
  tree.push();
  tree.remove();
  await gateway.call('invalidate_cache', { repoid: 'tools/web' });
});
afterAll(() => gateway.close());

describe('repositories', () => {
  const bare = {
    repo_id: INT,
    repo_name: 'tools/web',
    repo_type: 'git',
    clone_uri: 'http://gateway.test/tools/web',
    push_uri: null,
    url: 'http://gateway.test/tools/web',
    private: false,
    created_on: DATE,
    description: 'web',
    landing_rev: ['rev', 'tip'],
    owner: 'ada',
    fork_of: null,
    fork_of_id: null,
    enable_statistics: false,
    enable_locking: false,
    enable_downloads: false,
    last_changeset: {
      short_id: expect.any(String),
      raw_id: expect.any(String),
      revision: 0,
      message: expect.stringContaining('Say hello'),
      date: DATE,
      author: 'Ada <ada@example.com>',
    },
    locked_by: null,
    locked_date: null,
    lock_reason: null,
  };

  it('are listed with the address that a clone has', async () => {
    expect(await call('get_repos')).toEqual([bare]);
    expect(await call('get_repos', { root: 'tools', traverse: 'false' })).toEqual([bare]);
    expect(await call('get_repos', { traverse: false })).toEqual([]);
    expect(await refusal('get_repos', { root: 'none' })).toBe('Root repository group `none` does not exist');
  });

  it('are shown with the rights on them', async () => {
    await gateway.call('grant_user_permission', {
      repoid: 'tools/web',
      userid: 'admin',
      perm: 'repository.write',
    });
    const permissions = [
      { name: 'ada', type: 'user', permission: 'repository.admin', origin: 'owner' },
      { name: 'default', type: 'user', permission: 'repository.read', origin: 'permission' },
      { name: 'admin', type: 'user', permission: 'repository.write', origin: 'permission' },
    ];
    const repo = await call('get_repo', { repoid: 'tools/web', cache: true });
    expect(repo).toMatchObject({
      ...bare,
      permissions,
      followers: [expect.objectContaining({ username: 'ada' })],
    });
    expect(repo.followers).not.toContainEqual(expect.objectContaining({ auth_tokens: [expect.any(String)] }));
  });

  it('show who holds them locked', async () => {
    await call('lock', { repoid: 'tools/web', locked: true }, ada.key);
    const locked = {
      repo_name: 'tools/web',
      locked_by: { username: 'ada' },
      locked_date: DATE,
      lock_reason: 'lock_api',
    };
    expect(await call('get_repo', { repoid: 'tools/web' })).toMatchObject(locked);
    expect(await call('get_user_locks', {}, ada.key)).toMatchObject([locked]);
    expect(await call('get_user_locks')).toEqual([]);
    expect(await ask('get_locks', { userid: 'ada' })).toMatchObject({
      result: [locked],
      DEPRECATION_WARNING: 'DEPRECATED METHOD Please use method `get_user_locks` instead.',
    });
    await call('lock', { repoid: 'tools/web', locked: false }, ada.key);
  });

  it('are made, forked and moved by their full names', async () => {
    const made = { success: true, task: null };
    expect(
      await call('create_repo', { repo_name: 'tools/new', repo_type: 'git', push_uri: null }),
    ).toMatchObject({
      msg: 'Created new repository `tools/new`',
      ...made,
    });
    expect(await call('fork_repo', { repoid: 'tools/new', fork_name: 'fork' })).toMatchObject({
      msg: 'Created fork of `tools/new` as `fork`',
      ...made,
    });
    const { repository } = await call('update_repo', { repoid: 'fork', repo_name: 'tools/fork' });
    expect(repository).toMatchObject({ repo_name: 'tools/fork', fork_of: 'tools/new', fork_of_id: INT });
    await call('update_repo', { repoid: 'tools/fork', repo_name: 'fork' });
    expect(await call('get_repo', { repoid: 'fork' })).toMatchObject({ repo_name: 'fork' });
    for (const repoid of ['fork', 'tools/new']) await call('delete_repo', { repoid });
  });

  it('are refused as forms are', async () => {
    const create = (args: object, key?: string) => refusal('create_repo', { repo_type: 'git', ...args }, key);
    expect(await create({ repo_name: 'tools/web' })).toEqual({
      unique_repo_name: 'Repository with name `tools/web` already exists',
    });
    expect(await create({ repo_name: 'none/web' })).toEqual({
      repo_group: 'Repository group `none` does not exist',
    });
    expect(await create({ repo_name: 'a', clone_uri: 'file:///etc' })).toEqual({
      repo_clone_uri: expect.stringContaining('http'),
    });
    expect(await create({ repo_name: 'a', repo_type: 'svn' })).toEqual({
      repo_type: expect.stringContaining('`repo_type` must be one of'),
    });
    expect(await create({ repo_name: 'tools/a' }, ada.key)).toEqual({
      repo_group: 'no permission to create repo in tools',
    });
    expect(await create({ repo_name: 'x', owner: 'admin' }, ada.key)).toBe(
      'Only RhodeCode super-admin can specify `owner` param',
    );
    expect(await create({})).toBe('Missing non optional `repo_name` arg in JSON DATA');
  });

  it('have fields with values', async () => {
    await gateway.call('update_settings', { repository_fields: true });
    const repoid = 'tools/web';
    expect(
      await call('add_field_to_repo', { repoid, key: 'team', label: 'Team', description: 'Who' }),
    ).toMatchObject({
      msg: 'Added new repository field `team`',
      success: true,
    });
    await call('add_field_to_repo', { repoid, key: 'room' });
    await call('update_repo', { repoid, fields: 'team=red\\, or blue,room=1' });
    expect(await call('get_repo', { repoid })).toMatchObject({ ex_team: 'red, or blue', ex_room: '1' });
    expect(await refusal('update_repo', { repoid, fields: 'colour=red' })).toBe(
      'Field with key `colour` does not exists for repo `tools/web`',
    );
    expect(await refusal('update_repo', { repoid, fields: 'red' })).toContain('`fields`');
    expect(await call('remove_field_from_repo', { repoid, key: 'team' })).toMatchObject({
      msg: 'Deleted repository field `team`',
    });
    await call('remove_field_from_repo', { repoid, key: 'room' });
  });

  it('show what is in their files without being asked to', async () => {
    const args = { repoid: 'tools/web', revision: 'tip', root_path: '/' };
    expect(await call('get_repo_nodes', args)).toMatchObject([
      { name: 'README', size: 6, md5: expect.any(String) },
    ]);
    expect(await gateway.call('get_repo_nodes', args)).toEqual([{ name: 'README', type: 'file' }]);
  });
});

describe('users', () => {
  const shown = {
    user_id: INT,
    username: 'ada',
    firstname: 'Ada',
    lastname: 'Lovelace',
    description: '',
    email: 'ada@example.com',
    emails: ['ada@example.com'],
    active: true,
    admin: false,
    extern_type: expect.any(String),
    extern_name: expect.anything(),
    last_login: null,
    last_activity: expect.anything(),
    ip_addresses: [],
    language: null,
    auth_tokens: [],
  };

  it('see of keys only the one they called with', async () => {
    const permissions = {
      global: expect.any(Array),
      repository_branches: {},
      repositories: expect.any(Object),
    };
    const own = await call('get_user', {}, ada.key);
    expect(own).toMatchObject({ username: 'ada', auth_tokens: [ada.key], ip_addresses: [] });
    expect(own.permissions).toMatchObject(permissions);
    expect(own.permissions_summary).toEqual(own.permissions);
    const {
      permissions: _one,
      permissions_summary: _other,
      ...plain
    } = await call('get_user', { userid: 'ada' });
    expect(plain).toEqual({ ...shown, extern_name: plain.extern_name, last_activity: plain.last_activity });
    expect(await call('get_users')).toMatchObject([
      { username: 'ada', auth_tokens: [] },
      { username: 'admin', auth_tokens: [admin] },
    ]);
  });

  it('are refused by field', async () => {
    const user = { username: 'grace', email: 'grace@example.com' };
    expect(await refusal('create_user', { ...user, username: 'a b' })).toEqual({
      username: expect.any(String),
    });
    expect(await refusal('create_user', { ...user, email: 'x' })).toEqual({ email: expect.any(String) });
    expect(await refusal('create_user', { ...user, username: 'ada' })).toBe('user `ada` already exist');
  });

  it('stay hidden from each other', async () => {
    expect(await refusal('get_user', { userid: 'admin' }, ada.key)).toBe(
      'userid is not the same as your user',
    );
    const { followers } = await call<{ followers: object[] }>('get_repo', { repoid: 'tools/web' });
    const [other] = (await call<{ followers: object[] }>('get_repo', { repoid: 'tools/web' }, ada.key))
      .followers;
    expect(followers[0]).toMatchObject({ auth_tokens: [], ip_addresses: [] });
    expect(other).toMatchObject({ auth_tokens: [ada.key] });
  });
});

describe('groups', () => {
  it('of users have whole users in them', async () => {
    const made = await call('create_user_group', { group_name: 'devs', sync: false });
    const group = {
      users_group_id: INT,
      group_name: 'devs',
      group_description: expect.any(String),
      active: true,
      owner: 'admin',
      owner_email: expect.stringContaining('@'),
      sync: false,
      users: [],
    };
    expect(made).toEqual({ msg: 'created new user group `devs`', user_group: group });
    await call('add_user_to_user_group', { usergroupid: 'devs', userid: 'ada' });
    const users = [expect.objectContaining({ username: 'ada', auth_tokens: [] })];
    expect(await call('get_user_groups')).toEqual([{ ...group, users }]);
    const rights = await call('get_user_group', { usergroupid: 'devs' });
    expect(rights).toMatchObject({ ...group, users, permissions: expect.any(Array) });
    expect(await refusal('create_user_group', { group_name: '/' })).toEqual({
      user_group_name: expect.any(String),
    });
  });

  it('of repositories are named by their whole path', async () => {
    expect(await call('create_repo_group', { group_name: 'tools/inner' })).toMatchObject({
      msg: 'Created new repo group `tools/inner`',
      repo_group: { group_name: 'tools/inner', parent_group: 'tools' },
    });
    expect(await refusal('create_repo_group', { group_name: 'tools/inner' })).toEqual({
      unique_repo_group_name: expect.stringContaining('already exists'),
    });
    expect(await refusal('create_repo_group', { group_name: 'none/inner' })).toEqual({
      repo_group: 'Parent repository group `none` does not exist',
    });
    const move = (group_name: string, repogroupid: string) =>
      call('update_repo_group', { repogroupid, group_name, enable_locking: false });
    expect(await move('outer', 'tools/inner')).toMatchObject({ repo_group: { group_name: 'outer' } });
    expect(await move('tools/inner', 'outer')).toMatchObject({ repo_group: { parent_group: 'tools' } });
    const shown = await call('get_repo_group', { repogroupid: 'tools/inner' });
    expect(shown.permissions).toContainEqual({
      name: 'default',
      type: 'user',
      permission: 'group.read',
      origin: 'permission',
    });
  });
});

describe('gists', () => {
  it('are shown with their content when that is asked for', async () => {
    const { gist } = await call<{ gist: { access_id: string } }>('create_gist', {
      files: { a: { content: 'text' } },
      acl_level: 'acl_public',
    });
    const shown = {
      type: 'public',
      content: null,
      acl_level: 'acl_public',
      modified_at: DATE,
      created_on: DATE,
    };
    expect(gist).toMatchObject(shown);
    expect(await call('get_gists')).toMatchObject([shown]);
    expect(await call('get_gist', { gistid: gist.access_id, content: true })).toMatchObject({
      ...shown,
      content: { a: 'text' },
    });
    expect(await refusal('create_gist', { files: {}, gist_type: 'secret' })).toEqual({
      gist_type: expect.stringContaining('must be one of'),
    });
  });
});

describe('the server', () => {
  it('says which RhodeCode it answers as', async () => {
    expect(await call('get_server_info')).toMatchObject({ rhodecode_version: '4.27.0' });
  });

  it('names methods like one that is not there, and says why some are not', async () => {
    expect(await refusal('get_repo_reff')).toMatch(
      /^No such method: get_repo_reff\. Similar methods: .*\bget_repo_refs\b/,
    );
    expect(await refusal('cleanup_sessions')).toMatch(/ There are no sessions: every call brings its key\.$/);
  });
});

describe('JSON-RPC 2.0 with a key of this dialect', () => {
  it('has shapes of RhodeCode, and errors of its own', async () => {
    const { api_key } = await gateway.call<{ api_key: string }>('create_api_key', { dialect: 'rhodecode-4' });
    expect(await gateway.rpc('get_repos', {}, api_key)).toMatchObject({ result: [{ push_uri: null }] });
    expect(
      await gateway.rpc('create_repo', { repo_name: 'tools/web', repo_type: 'git' }, api_key),
    ).toMatchObject({
      error: { code: 1009, message: 'repo `tools/web` already exist' },
    });
  });
});
