import { join } from 'node:path';
import { expect, it } from 'vitest';
import { followEvents } from '../harness/recorded-events.js';
import { WorkTree, hasHg } from '../harness/repositories.js';
import { OldScript } from './old-script.js';

const script = OldScript.of('rhodecode-1.3', async ({ gateway }) => {
  await gateway.createUser('ada', { firstname: 'Ada', lastname: 'Lovelace' });
  await gateway.call('create_user_group', { group_name: 'staff' });
  await gateway.call('create_repo', { repo_name: 'website', repo_type: 'git', description: 'Our pages' });
  const tree = WorkTree.clone('git', join(gateway.settings.repoRoot, 'website'));
  tree.commit('README', 'hello\n', 'Say hello');
  tree.push();
  tree.remove();
});

const ada = {
  id: expect.any(Number),
  username: 'ada',
  firstname: 'Ada',
  lastname: 'Lovelace',
  email: 'ada@example.com',
  active: true,
  admin: false,
  ldap: null,
};

script.proves('pull', () => {
  it('answers one sentence', async () => {
    await script.gateway.call('fork_repo', { repoid: 'website', fork_name: 'mirror' });
    expect(await script.call('pull', { repo: 'mirror' })).toBe('Pulled from mirror');
  });

  it('says that it lacks `repo`', async () => {
    expect(await script.refusal('pull')).toBe('Missing non optional `repo` arg in JSON DATA');
  });

  it('is for administrators', async () => {
    const { key } = await script.user('pauper');
    expect(await script.refusal('pull', { repo: 'mirror' }, key)).toBe('Access was denied to this resource.');
  });
});

script.proves('create_user', () => {
  it('answers one sentence, and shows no key', async () => {
    const args = {
      username: 'bob',
      password: 'secret',
      firstname: 'Bob',
      lastname: 'Builder',
      email: 'bob@example.com',
      active: true,
      admin: false,
      ldap_dn: 'uid=bob,dc=example',
    };
    expect(await script.call('create_user', args)).toEqual({ msg: 'created new user bob' });
  });

  it('refuses a name that is taken', async () => {
    expect(await script.refusal('create_user', { username: 'ada', email: 'x@example.com' })).toBe(
      'user `ada` already exist',
    );
  });
});

script.proves('get_users', () => {
  it('lists users with their LDAP name', async () => {
    const users = await script.call<{ username: string }[]>('get_users');
    const of = (name: string) => users.find(({ username }) => username === name);
    expect(of('ada')).toEqual(ada);
    expect(of('bob')).toEqual({
      id: expect.any(Number),
      username: 'bob',
      firstname: 'Bob',
      lastname: 'Builder',
      email: 'bob@example.com',
      active: true,
      admin: false,
      ldap: 'uid=bob,dc=example',
    });
  });
});

script.proves('create_users_group', () => {
  it('answers the id of the group', async () => {
    expect(await script.call('create_users_group', { name: 'crew', active: false })).toEqual({
      id: expect.any(Number),
      msg: 'created new users group crew',
    });
  });

  it('says that it lacks `name`', async () => {
    expect(await script.refusal('create_users_group')).toBe('Missing non optional `name` arg in JSON DATA');
  });
});

script.proves('add_user_users_group', () => {
  it('answers the number of the membership', async () => {
    const first = await script.call<{ id: number }>('add_user_users_group', {
      group_name: 'staff',
      username: 'ada',
    });
    expect(first).toEqual({ id: expect.any(Number), msg: 'created new users group member' });
    const second = await script.call<{ id: number }>('add_user_users_group', {
      group_name: 'crew',
      username: 'ada',
    });
    expect(second.id).not.toBe(first.id);
    expect(await script.call('add_user_users_group', { group_name: 'staff', username: 'ada' })).toEqual({
      id: first.id,
      msg: 'User is already in that group',
    });
  });

  it('takes the ids of later years as well', async () => {
    const args = { usersgroupid: 'staff', userid: 'bob' };
    expect(await script.gateway.call('add_user_users_group', args, script.key)).toEqual({
      id: expect.any(Number),
      msg: 'created new users group member',
    });
  });
});

const staff = {
  id: expect.any(Number),
  name: 'staff',
  active: true,
  members: [
    ada,
    {
      ...ada,
      username: 'bob',
      firstname: 'Bob',
      lastname: 'Builder',
      email: 'bob@example.com',
      ldap: 'uid=bob,dc=example',
    },
  ],
};

script.proves('get_users_group', () => {
  it('shows a group with its members', async () => {
    expect(await script.call('get_users_group', { group_name: 'staff' })).toEqual(staff);
  });

  it('answers null for a group that is missing or hidden', async () => {
    expect(await script.call('get_users_group', { group_name: 'nobodys' })).toBeNull();
  });
});

script.proves('get_users_groups', () => {
  it('lists groups with their members', async () => {
    expect(await script.call('get_users_groups')).toEqual([
      staff,
      { id: expect.any(Number), name: 'crew', active: false, members: [ada] },
    ]);
  });
});

script.proves('get_repos', () => {
  it('lists repositories', async () => {
    expect(await script.call('get_repos')).toEqual([
      { id: expect.any(Number), name: 'mirror', type: 'git', description: 'mirror' },
      { id: expect.any(Number), name: 'website', type: 'git', description: 'Our pages' },
    ]);
  });
});

script.proves('add_user_to_repo', () => {
  const permissionOf = async (type: string, name: string) => {
    const { members } = await script.gateway.call<{ members: Record<string, string>[] }>('get_repo', {
      repoid: 'website',
    });
    return members.find((member) => member.type === type && member.name === name)?.permission;
  };

  it('gives a right, and takes it away without one', async () => {
    const add = (perm: unknown) =>
      script.call('add_user_to_repo', { repo_name: 'website', username: 'ada', perm });
    expect(await add('repository.write')).toBeNull();
    expect(await permissionOf('user', 'ada')).toBe('repository.write');
    expect(await add(null)).toBeNull();
    expect(await permissionOf('user', 'ada')).toBeUndefined();
    await add('repository.read');
    expect(await add('None')).toBeNull();
    expect(await permissionOf('user', 'ada')).toBeUndefined();
    await add('repository.admin');
  });

  it('answers so in every dialect, because no other has it', async () => {
    const args = { repo_name: 'website', username: 'bob', perm: 'repository.read' };
    expect(await script.gateway.call('add_user_to_repo', args)).toBeNull();
    expect(await script.gateway.call('add_user_to_repo', { ...args, perm: null })).toBeNull();
  });

  it('needs what granting needs', async () => {
    const { key } = await script.user('meddler');
    const args = { repo_name: 'website', username: 'meddler', perm: 'repository.admin' };
    expect(await script.refusal('add_user_to_repo', args, key)).toBe('Access was denied to this resource.');
    expect(await script.refusal('add_user_to_repo', { ...args, perm: 'None' }, key)).toBe(
      'Access was denied to this resource.',
    );
  });

  it('says what it lacks', async () => {
    const args = { repo_name: 'website', username: 'ada' };
    expect(await script.refusal('add_user_to_repo', args)).toBe(
      'Missing non optional `perm` arg in JSON DATA',
    );
    expect(await script.refusal('add_user_to_repo', { perm: 'None' })).toBe(
      'Missing non optional `username` arg in JSON DATA',
    );
  });
});

script.proves('add_users_group_to_repo', () => {
  it('gives a right, and takes it away without one', async () => {
    const add = (perm: unknown) =>
      script.call('add_users_group_to_repo', { repo_name: 'website', group_name: 'staff', perm });
    const names = async () =>
      (await script.call<{ members: { name?: string }[] }>('get_repo', { name: 'website' })).members.map(
        ({ name }) => name,
      );
    expect(await add('repository.write')).toBeNull();
    expect(await names()).toContain('staff');
    expect(await add('None')).toBeNull();
    expect(await names()).not.toContain('staff');
    await add('repository.read');
  });
});

script.proves('get_repo', () => {
  it('shows a repository with users and groups as members', async () => {
    expect(await script.call('get_repo', { name: 'website' })).toEqual({
      id: expect.any(Number),
      name: 'website',
      type: 'git',
      description: 'Our pages',
      members: [
        expect.objectContaining({ username: 'default', permission: 'repository.read' }),
        { ...ada, permission: 'repository.admin' },
        { id: expect.any(Number), name: 'staff', active: true, permission: 'repository.read' },
      ],
    });
  });

  it('answers null for what is missing or hidden', async () => {
    const { key } = await script.user('stranger');
    await script.gateway.call('create_repo', { repo_name: 'closed', repo_type: 'git', private: true });
    expect(await script.call('get_repo', { name: 'nowhere' })).toBeNull();
    expect(await script.call('get_repo', { name: 'closed' }, key)).toBeNull();
  });

  it('says that it lacks `name`', async () => {
    expect(await script.refusal('get_repo')).toBe('Missing non optional `name` arg in JSON DATA');
  });
});

script.proves('get_repo_nodes', () => {
  it('lists files and directories', async () => {
    const args = { repo_name: 'website', revision: 'tip', root_path: '/', ret_type: 'all' };
    expect(await script.call('get_repo_nodes', args)).toEqual([{ name: 'README', type: 'file' }]);
  });
});

script.proves('create_repo', () => {
  it('answers null, and makes the groups that are missing, one in the other', async () => {
    const newEvents = await followEvents(script.gateway);
    const args = {
      name: 'foo/bar/baz',
      owner_name: 'ada',
      description: 'Deep',
      repo_type: 'git',
      private: false,
    };
    expect(await script.call('create_repo', args)).toBeNull();
    expect((await newEvents()).map(({ type }) => type)).toEqual([
      'repo_group.created',
      'repo_group.created',
      'repo.created',
    ]);
    expect(await script.gateway.call('get_repo_group', { repogroupid: 'foo/bar' })).toMatchObject({
      parent_group: 'foo',
      repositories: ['foo/bar/baz'],
    });
    expect(await script.gateway.call('get_repo', { repoid: 'foo/bar/baz' })).toMatchObject({ owner: 'ada' });
  });

  it.runIf(hasHg)('makes Mercurial repositories unless told otherwise', async () => {
    expect(await script.call('create_repo', { name: 'plain' })).toBeNull();
    expect(await script.gateway.call('get_repo', { repoid: 'plain' })).toMatchObject({ repo_type: 'hg' });
  });

  it('refuses a name that is taken, and makes no group then', async () => {
    expect(await script.refusal('create_repo', { name: 'website', repo_type: 'git' })).toBe(
      'repo `website` already exist',
    );
    expect(await script.refusal('create_repo', { name: 'website/sub/repo', repo_type: 'git' })).toBe(
      'failed to create repository `website/sub/repo`',
    );
    expect(await script.gateway.refusal('get_repo_group', { repogroupid: 'website/sub' })).toContain(
      'does not exist',
    );
  });
});

script.provesAll();
