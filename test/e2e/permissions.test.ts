import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { followEvents, type RecordedEvent } from '../harness/recorded-events.js';

interface User {
  user_id: number;
  username: string;
  key: string;
}
type Members = { name: string; type: string; permission: string }[];

let gateway: TestGateway;
let alice: User;
let bob: User;
let newEvents: () => Promise<RecordedEvent[]>;

/** `top` with `top/open`, `top/closed` (private), `top/sub`, `top/sub/deep`; alice is admin of `top`, the crew has bob. */
beforeAll(async () => {
  gateway = await startTestGateway();
  alice = await gateway.createUser('alice');
  bob = await gateway.createUser('bob');
  await gateway.call('create_repo_group', { group_name: 'top', owner: 'alice' });
  await gateway.call('create_repo_group', { group_name: 'sub', parent: 'top' });
  for (const [repo_name, more] of [
    ['top/open', {}],
    ['top/closed', { private: true }],
    ['top/sub/deep', {}],
    ['own', { owner: 'alice' }],
  ] as const)
    await gateway.call('create_repo', { repo_name, repo_type: 'git', ...more });
  for (const group_name of ['crew', 'secret'])
    await gateway.call('create_user_group', { group_name, owner: 'admin' });
  await gateway.call('add_user_to_user_group', { usergroupid: 'crew', userid: 'bob' });
  await gateway.call('revoke_user_permission_from_user_group', { usergroupid: 'secret', userid: 'default' });
  newEvents = await followEvents(gateway);
});
afterAll(() => gateway.close());

const membersOf = async (name: string, kind: 'repo' | 'repo_group' = 'repo') =>
  (
    await gateway.call<{ members: Members }>(`get_${kind}`, {
      [kind === 'repo' ? 'repoid' : 'repogroupid']: name,
    })
  ).members;
const rightOf = async (subject: string, name: string, kind: 'repo' | 'repo_group' = 'repo') =>
  (await membersOf(name, kind)).find((member) => member.name === subject)?.permission;
const changes = async () =>
  (await newEvents()).map(({ type, data }) => [
    type,
    data.object?.name,
    data.subject?.name,
    data.permission,
    data.previous?.permission,
  ]);

describe('rights of a user on a repository', () => {
  const target = { repoid: 'top/open', userid: 'bob' };

  it('are granted, replaced and revoked, and told once for each change', async () => {
    const grant = (perm: string) => gateway.call('grant_user_permission', { ...target, perm });
    expect(await grant('repository.write')).toEqual({
      msg: 'Granted perm: `repository.write` for user: `bob` in repo: `top/open`',
      success: true,
    });
    await grant('repository.admin');
    await grant('repository.admin');
    expect(await rightOf('bob', 'top/open')).toBe('repository.admin');
    const revoked = {
      msg: 'Revoked perm for user: `bob` in repo: `top/open`',
      success: true,
    };
    expect(await gateway.call('revoke_user_permission', target)).toEqual(revoked);
    expect(await gateway.call('revoke_user_permission', target)).toEqual(revoked);
    const [first, ...others] = await newEvents();
    expect(first).toEqual({
      type: 'permission.granted',
      data: {
        event_id: expect.any(Number),
        actor: { user_id: 2, username: 'admin' },
        repository: expect.objectContaining({ repo_name: 'top/open', url: 'http://gateway.test/top/open' }),
        object: { type: 'repo', id: expect.any(Number), name: 'top/open' },
        subject: { type: 'user', id: bob.user_id, name: 'bob' },
        permission: 'repository.write',
        previous: { permission: null },
        request_id: expect.any(String),
      },
    });
    expect(others.map(({ type, data }) => [type, data.permission, data.previous])).toEqual([
      ['permission.granted', 'repository.admin', { permission: 'repository.write' }],
      ['permission.revoked', 'repository.admin', undefined],
    ]);
  });

  it('take effect at once for calls that are warm', async () => {
    await gateway.refusal('get_repo', { repoid: 'top/closed' }, bob.key);
    await gateway.call('grant_user_permission', {
      repoid: 'top/closed',
      userid: 'bob',
      perm: 'repository.read',
    });
    expect(await gateway.call('get_repo', { repoid: 'top/closed' }, bob.key)).toMatchObject({
      repo_name: 'top/closed',
    });
    await gateway.call('revoke_user_permission', { repoid: 'top/closed', userid: 'bob' });
    expect(await gateway.refusal('get_repo', { repoid: 'top/closed' }, bob.key)).toBe(
      'repository `top/closed` does not exist',
    );
  });

  it('insist on the repository, then the user, then the right kind of permission', async () => {
    const refusal = (args: object) =>
      gateway.refusal('grant_user_permission', { repoid: 'no', userid: 'no', perm: 'no', ...args });
    expect(await refusal({})).toBe('repository `no` does not exist');
    expect(await refusal({ repoid: 'own' })).toBe('user `no` does not exist');
    expect(await refusal({ repoid: 'own', userid: 'bob' })).toBe('permission `no` does not exist');
    for (const perm of ['group.read', 'hg.admin', 'usergroup.read'])
      expect(await refusal({ repoid: 'own', userid: 'bob', perm })).toBe(
        `permission \`${perm}\` is invalid, should start with repository.`,
      );
    expect(await gateway.refusal('revoke_user_permission', { repoid: 'own', userid: 'no' })).toBe(
      'user `no` does not exist',
    );
  });

  it('are in the hands of super admins alone, as the wire has it', async () => {
    for (const method of ['grant_user_permission', 'revoke_user_permission'])
      expect(
        await gateway.refusal(
          method,
          { repoid: 'own', userid: 'bob', ...(method.startsWith('grant') && { perm: 'repository.read' }) },
          alice.key,
        ),
      ).toBe('Access was denied to this resource.');
  });
});

describe('rights of a user group on a repository', () => {
  const target = { repoid: 'own', usergroupid: 'crew' };

  it('are granted by its owner and reach the members', async () => {
    await gateway.call('update_repo', { repoid: 'own', private: true });
    await newEvents();
    expect(
      await gateway.call('grant_user_group_permission', { ...target, perm: 'repository.read' }, alice.key),
    ).toEqual({
      msg: 'Granted perm: `repository.read` for user group: `crew` in repo: `own`',
      success: true,
    });
    expect(await gateway.call('get_repo', { repoid: 'own' }, bob.key)).toMatchObject({ repo_name: 'own' });
    expect(await gateway.call('revoke_user_group_permission', target, alice.key)).toEqual({
      msg: 'Revoked perm for user group: `crew` in repo: `own`',
      success: true,
    });
    expect(await gateway.refusal('get_repo', { repoid: 'own' }, bob.key)).toBe(
      'repository `own` does not exist',
    );
    expect(await changes()).toEqual([
      ['permission.granted', 'own', 'crew', 'repository.read', null],
      ['permission.revoked', 'own', 'crew', 'repository.read', undefined],
    ]);
  });

  it('need admin on the repository and read on the user group; what is hidden does not exist', async () => {
    const refusal = (args: object, key: string) =>
      gateway.refusal('grant_user_group_permission', { ...target, perm: 'repository.read', ...args }, key);
    expect(await refusal({}, bob.key)).toBe('repository `own` does not exist');
    expect(await refusal({ repoid: 'top/open' }, bob.key)).toBe('repository `top/open` does not exist');
    expect(await refusal({ usergroupid: 'secret' }, alice.key)).toBe('user group `secret` does not exist');
    expect(await refusal({ usergroupid: 'no' }, alice.key)).toBe('user group `no` does not exist');
    expect(await refusal({ perm: 'group.read' }, alice.key)).toBe(
      'permission `group.read` is invalid, should start with repository.',
    );
    expect(
      await gateway.refusal('revoke_user_group_permission', { ...target, usergroupid: 'secret' }, alice.key),
    ).toBe('user group `secret` does not exist');
  });
});

describe('rights on a repository group', () => {
  it('are granted to a user by its admin and say the last part of its name', async () => {
    const target = { repogroupid: 'top/sub', userid: 'bob' };
    expect(
      await gateway.call('grant_user_permission_to_repo_group', { ...target, perm: 'group.write' }),
    ).toEqual({
      msg: 'Granted perm: `group.write` (recursive:none) for user: `bob` in repo group: `sub`',
      success: true,
    });
    expect(await rightOf('bob', 'top/sub', 'repo_group')).toBe('group.write');
    await gateway.call('create_repo', { repo_name: 'top/sub/bobs', repo_type: 'git' }, bob.key);
    expect(await gateway.call('revoke_user_permission_from_repo_group', target)).toEqual({
      msg: 'Revoked perm (recursive:none) for user: `bob` in repo group: `sub`',
      success: true,
    });
    expect(await rightOf('bob', 'top/sub', 'repo_group')).toBeUndefined();
    await gateway.call('delete_repo', { repoid: 'top/sub/bobs' });
  });

  it('are told with the group and everything above it as their scope', async () => {
    await newEvents();
    await gateway.call('grant_user_permission_to_repo_group', {
      repogroupid: 'top/sub',
      userid: 'bob',
      perm: 'group.read',
    });
    expect(await newEvents()).toEqual([
      {
        type: 'permission.granted',
        data: {
          event_id: expect.any(Number),
          actor: { user_id: 2, username: 'admin' },
          object: { type: 'repo_group', id: expect.any(Number), name: 'top/sub' },
          subject: { type: 'user', id: bob.user_id, name: 'bob' },
          permission: 'group.read',
          previous: { permission: null },
          request_id: expect.any(String),
        },
      },
    ]);
    await gateway.call('revoke_user_permission_from_repo_group', { repogroupid: 'top/sub', userid: 'bob' });
  });

  it.each([
    ['none', ['top'], []],
    ['repos', ['top'], ['top/closed', 'top/open', 'top/sub/deep']],
    ['groups', ['top', 'top/sub'], []],
    ['all', ['top', 'top/sub'], ['top/closed', 'top/open', 'top/sub/deep']],
  ])('apply to children: %s', async (apply_to_children, groups, repos) => {
    const target = { repogroupid: 'top', userid: 'bob', apply_to_children };
    await newEvents();
    expect(
      await gateway.call(
        'grant_user_permission_to_repo_group',
        { ...target, perm: 'group.write' },
        alice.key,
      ),
    ).toEqual({
      msg: `Granted perm: \`group.write\` (recursive:${apply_to_children}) for user: \`bob\` in repo group: \`top\``,
      success: true,
    });
    expect(await changes()).toEqual([
      ...groups.map((name) => ['permission.granted', name, 'bob', 'group.write', null]),
      ...repos.map((name) => ['permission.granted', name, 'bob', 'repository.write', null]),
    ]);
    for (const name of repos) expect(await rightOf('bob', name)).toBe('repository.write');
    expect(await gateway.call('revoke_user_permission_from_repo_group', target, alice.key)).toEqual({
      msg: `Revoked perm (recursive:${apply_to_children}) for user: \`bob\` in repo group: \`top\``,
      success: true,
    });
    expect(await changes()).toEqual([
      ...groups.map((name) => ['permission.revoked', name, 'bob', 'group.write', undefined]),
      ...repos.map((name) => ['permission.revoked', name, 'bob', 'repository.write', undefined]),
    ]);
  });

  it('of everybody leave private repositories below alone', async () => {
    const target = { repogroupid: 'top', userid: 'default', apply_to_children: 'all' };
    await gateway.call('grant_user_permission_to_repo_group', { ...target, perm: 'group.write' });
    expect(await rightOf('default', 'top/open')).toBe('repository.write');
    expect(await rightOf('default', 'top/closed')).toBe('repository.none');
    await gateway.call('revoke_user_permission_from_repo_group', target);
    expect(await rightOf('default', 'top/sub/deep')).toBeUndefined();
    expect(await rightOf('default', 'top/closed')).toBe('repository.none');
    await gateway.call('grant_user_permission_to_repo_group', { ...target, perm: 'group.read' });
    await newEvents();
  });

  it('refuse another word for the children than the four', async () => {
    expect(
      await gateway.refusal('grant_user_permission_to_repo_group', {
        repogroupid: 'top',
        userid: 'bob',
        perm: 'group.read',
        apply_to_children: 'everything',
      }),
    ).toContain('apply_to_children');
  });

  it('are checked for users in this order: group, right, user, permission', async () => {
    const refusal = (args: object, key?: string) =>
      gateway.refusal(
        'grant_user_permission_to_repo_group',
        { repogroupid: 'no', userid: 'no', perm: 'no', ...args },
        key,
      );
    expect(await refusal({}, alice.key)).toBe('repository group `no` does not exist');
    expect(await refusal({ repogroupid: 'top/sub' }, alice.key)).toBe(
      'repository group `top/sub` does not exist',
    );
    expect(await refusal({ repogroupid: 'top' }, alice.key)).toBe('user `no` does not exist');
    expect(await refusal({ repogroupid: 'top', userid: 'bob' }, alice.key)).toBe(
      'permission `no` does not exist',
    );
    expect(await refusal({ repogroupid: 'top', userid: 'bob', perm: 'repository.read' }, alice.key)).toBe(
      'permission `repository.read` is invalid, should start with group.',
    );
  });

  it('are checked for user groups in this order: group, permission, user group, rights', async () => {
    const refusal = (args: object, key?: string) =>
      gateway.refusal(
        'grant_user_group_permission_to_repo_group',
        { repogroupid: 'no', usergroupid: 'no', perm: 'no', ...args },
        key,
      );
    expect(await refusal({}, alice.key)).toBe('repository group `no` does not exist');
    // He may read it, no more: so far the answers are those of an admin
    expect(await refusal({ repogroupid: 'top/sub' }, alice.key)).toBe('permission `no` does not exist');
    expect(await refusal({ repogroupid: 'top/sub', perm: 'repository.read' }, alice.key)).toBe(
      'permission `repository.read` is invalid, should start with group.',
    );
    const valid = { repogroupid: 'top/sub', perm: 'group.read' };
    expect(await refusal(valid, alice.key)).toBe('user group `no` does not exist');
    expect(await refusal({ ...valid, usergroupid: 'secret' }, alice.key)).toBe(
      'user group `secret` does not exist',
    );
    expect(await refusal({ ...valid, usergroupid: 'crew' }, alice.key)).toBe(
      'repository group `top/sub` does not exist',
    );
    expect(
      await gateway.refusal(
        'revoke_user_group_permission_from_repo_group',
        { repogroupid: 'top/sub', usergroupid: 'crew' },
        alice.key,
      ),
    ).toBe('repository group `top/sub` does not exist');
  });

  it('that may not even be read does not exist, whatever else is wrong', async () => {
    await gateway.call('create_repo_group', { group_name: 'hidden' });
    await gateway.call('revoke_user_permission_from_repo_group', {
      repogroupid: 'hidden',
      userid: 'default',
    });
    expect(
      await gateway.refusal(
        'grant_user_group_permission_to_repo_group',
        { repogroupid: 'hidden', usergroupid: 'crew', perm: 'no' },
        alice.key,
      ),
    ).toBe('repository group `hidden` does not exist');
  });

  it('are granted to a user group, on everything below too', async () => {
    const target = { repogroupid: 'top', usergroupid: 'crew', apply_to_children: 'repos' };
    expect(
      await gateway.call(
        'grant_user_group_permission_to_repo_group',
        { ...target, perm: 'group.read' },
        alice.key,
      ),
    ).toEqual({
      msg: 'Granted perm: `group.read` (recursive:repos) for user group: `crew` in repo group: `top`',
      success: true,
    });
    expect(await membersOf('top', 'repo_group')).toContainEqual({
      name: 'crew',
      type: 'user_group',
      permission: 'group.read',
    });
    expect(await gateway.call('get_repo', { repoid: 'top/closed' }, bob.key)).toMatchObject({
      private: true,
    });
    expect(await gateway.call('revoke_user_group_permission_from_repo_group', target, alice.key)).toEqual({
      msg: 'Revoked perm (recursive:repos) for user group: `crew` in repo group: `top`',
      success: true,
    });
    await gateway.refusal('get_repo', { repoid: 'top/closed' }, bob.key);
  });

  it('are not changed below by a key whose scopes do not reach there', async () => {
    const { api_key } = await gateway.call<{ api_key: string }>('create_api_key', { scopes: ['group:top'] });
    const target = { repogroupid: 'top', userid: 'bob', perm: 'group.read' };
    await gateway.call('grant_user_permission_to_repo_group', target, api_key);
    await newEvents();
    for (const [apply_to_children, scope] of [
      ['groups', 'group:top/sub'],
      ['repos', 'repo:top/'],
    ])
      expect(
        await gateway.refusal(
          'grant_user_permission_to_repo_group',
          { ...target, apply_to_children },
          api_key,
        ),
      ).toContain(`This API key lacks the scope \`${scope}`);
    expect(await newEvents()).toEqual([]);
    await gateway.call('revoke_user_permission_from_repo_group', { repogroupid: 'top', userid: 'bob' });
  });
});

describe('global permissions', () => {
  const stored = async (args: object) =>
    (await gateway.call<{ name: string; permission: string }[]>('get_global_permissions', args)).map(
      ({ name, permission }) => `${name} ${permission}`,
    );

  it('of a new gateway are those of everybody', async () => {
    expect(await gateway.call('get_global_permissions', { userid: 'default', limit: 1 })).toEqual([
      {
        permission_id: expect.any(Number),
        type: 'user',
        id: 1,
        name: 'default',
        permission: expect.any(String),
      },
    ]);
    expect((await stored({})).toSorted()).toEqual([
      'default group.read',
      'default hg.create.repository',
      'default hg.extern_activate.auto',
      'default hg.fork.repository',
      'default hg.register.manual_activate',
      'default repository.read',
      'default usergroup.read',
    ]);
  });

  it('replace the other one of their kind, take effect at once and are told', async () => {
    await newEvents();
    const create = (key: string) =>
      gateway.refusal('create_repo', { repo_name: '..', repo_type: 'git' }, key);
    expect(
      await gateway.call('grant_global_permission', { userid: 'default', perm: 'hg.create.none' }),
    ).toEqual({ msg: 'Granted perm: `hg.create.none` for user: `default`', success: true });
    expect(await create(bob.key)).toBe('no permission to create top level repo');
    expect(
      await gateway.call('grant_global_permission', { usergroupid: 'crew', perm: 'hg.create.repository' }),
    ).toEqual({ msg: 'Granted perm: `hg.create.repository` for user group: `crew`', success: true });
    expect(await create(bob.key)).toBe('failed to create repository `..`');
    expect(await create(alice.key)).toBe('no permission to create top level repo');
    expect(await stored({ usergroupid: 'crew' })).toEqual(['crew hg.create.repository']);
    for (let times = 0; times < 2; times += 1)
      expect(
        await gateway.call('revoke_global_permission', { usergroupid: 'crew', perm: 'hg.create.repository' }),
      ).toEqual({ msg: 'Revoked perm: `hg.create.repository` for user group: `crew`', success: true });
    expect(await create(bob.key)).toBe('no permission to create top level repo');
    await gateway.call('grant_global_permission', { userid: 'default', perm: 'hg.create.repository' });
    await gateway.call('grant_global_permission', { userid: 'default', perm: 'hg.create.repository' });
    expect(await changes()).toEqual([
      ['permission.granted', null, 'default', 'hg.create.none', 'hg.create.repository'],
      ['permission.granted', null, 'crew', 'hg.create.repository', null],
      ['permission.revoked', null, 'crew', 'hg.create.repository', undefined],
      ['permission.granted', null, 'default', 'hg.create.repository', 'hg.create.none'],
    ]);
  });

  it('of everybody decide what new objects give everybody', async () => {
    await gateway.call('grant_global_permission', { userid: 'default', perm: 'group.none' });
    await gateway.call('create_repo_group', { group_name: 'closed' });
    expect(await rightOf('default', 'closed', 'repo_group')).toBe('group.none');
    await gateway.call('grant_global_permission', { userid: 'default', perm: 'group.read' });
  });

  it('never become two of a kind when two are granted at once', async () => {
    await Promise.all(
      ['hg.fork.none', 'hg.fork.repository', 'hg.fork.none'].map((perm) =>
        gateway.call('grant_global_permission', { userid: 'bob', perm }),
      ),
    );
    expect(await stored({ userid: 'bob' })).toHaveLength(1);
  });

  it('are given in pages that join to the whole', async () => {
    const all = await gateway.call<{ permission_id: number }[]>('get_global_permissions');
    const first = await gateway.call<{ permission_id: number }[]>('get_global_permissions', { limit: 3 });
    const rest = await gateway.call('get_global_permissions', { cursor: first.at(-1)?.permission_id });
    expect([...first, ...(rest as unknown as object[])]).toEqual(all);
  });

  it.each([
    [{ perm: 'hg.fork.none' }, 'give `userid` or `usergroupid`'],
    [
      { perm: 'hg.fork.none', userid: 'bob', usergroupid: 'crew' },
      'give `userid` or `usergroupid`, not both',
    ],
    [{ perm: 'hg.fork.none', userid: 'no' }, 'user `no` does not exist'],
    [{ perm: 'hg.fork.none', usergroupid: 'no' }, 'user group `no` does not exist'],
    [{ perm: 'hg.fork.all', userid: 'bob' }, 'permission `hg.fork.all` does not exist'],
    [
      { perm: 'hg.admin', userid: 'bob' },
      "permission `hg.admin` is invalid, it follows from the user's flag `admin`",
    ],
    [
      { perm: 'repository.admin', userid: 'bob' },
      'permission `repository.admin` is invalid, only the user `default` can have it for everything',
    ],
    [
      { perm: 'group.read', usergroupid: 'crew' },
      'permission `group.read` is invalid, only the user `default` can have it for everything',
    ],
  ])('refuse %j', async (args, refusal) => {
    expect(await gateway.refusal('grant_global_permission', args)).toBe(refusal);
  });

  it.each(['get_global_permissions', 'grant_global_permission', 'revoke_global_permission'])(
    'are for super admins: %s',
    async (method) => {
      const args = method.startsWith('get') ? {} : { userid: 'alice', perm: 'hg.create.repository' };
      expect(await gateway.refusal(method, args, alice.key)).toBe('Access was denied to this resource.');
    },
  );
});
