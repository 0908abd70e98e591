import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../src/database/database.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

interface Group {
  users_group_id: number;
  group_name: string;
  members: { username: string }[];
}

const DENIED = 'Access was denied to this resource.';
const OWNER_PARAM = 'Only Kallithea admin can specify `owner` param';
let gateway: TestGateway;
let ada: { user_id: number; key: string };
let bob: { user_id: number; key: string };
let maker: { user_id: number; key: string };

beforeAll(async () => {
  gateway = await startTestGateway();
  ada = await gateway.createUser('ada');
  bob = await gateway.createUser('bob');
  maker = await gateway.createUser('maker');
  await gateway.app
    .get(Database)
    .query(`INSERT INTO global_permission (permission, user_id) VALUES ('hg.usergroup.create.true', $1)`, [
      maker.user_id,
    ]);
});
afterAll(() => gateway.close());

const missing = (group: number | string) => `user group \`${group}\` does not exist`;
const create = async (group_name: string, more: object = {}, key?: string) =>
  (await gateway.call<{ user_group: Group }>('create_user_group', { group_name, ...more }, key)).user_group;
const add = (usergroupid: string, userid: string, key?: string) =>
  gateway.call('add_user_to_user_group', { usergroupid, userid }, key);
const grant = (usergroupid: string, userid: string, perm: string, key?: string) =>
  gateway.call('grant_user_permission_to_user_group', { usergroupid, userid, perm }, key);
const rightsOn = async (usergroupid: string) =>
  (
    await gateway.call<{ permissions: { name: string; permission: string }[] }>('get_user_group', {
      usergroupid,
      with_permissions: true,
    })
  ).permissions;
const detailOf = async (method: string, params: object, key?: string) =>
  ((await gateway.rpc(method, params, key)).error as { data: { detail: string } }).data.detail;

/** `data` of the events of a type that name the group, oldest first. */
async function eventsOf(type: string, groupName: string): Promise<Record<string, unknown>[]> {
  const rows = await gateway.app.get(Database).query<{ data: Record<string, unknown> }>(
    `SELECT body::json->'data' AS data FROM event
     WHERE type = $1 AND $2 IN (body::json->'data'->'user_group'->>'group_name', body::json->'data'->'object'->>'name')
     ORDER BY event_id`,
    [type, groupName],
  );
  return rows.map((row) => row.data);
}

describe('a new user group', () => {
  it('is shown in the same shape everywhere', async () => {
    const created = await gateway.call<{ user_group: Group }>('create_user_group', {
      group_name: 'shape',
      description: 'What it looks like',
      owner: 'ada',
    });
    const shape = {
      users_group_id: expect.any(Number),
      group_name: 'shape',
      group_description: 'What it looks like',
      active: true,
      owner: 'ada',
      members: [],
    };
    expect(created).toEqual({ msg: 'created new user group `shape`', user_group: shape });
    await add('shape', 'bob');
    const withBob = {
      ...shape,
      members: [expect.objectContaining({ username: 'bob', email: 'bob@example.com' })],
    };
    const { users_group_id } = created.user_group;
    for (const usergroupid of ['shape', users_group_id, String(users_group_id)])
      expect(await gateway.call('get_user_group', { usergroupid })).toEqual(withBob);
    const listed = await gateway.call<Group[]>('get_user_groups');
    expect(listed.find((group) => group.users_group_id === users_group_id)).toEqual(withBob);
    expect(await gateway.call('update_user_group', { usergroupid: 'shape', active: false })).toEqual({
      msg: `updated user group ID:${users_group_id} shape`,
      user_group: { ...withBob, active: false },
    });
  });

  it('makes its owner admin and gives everybody the default level', async () => {
    await create('owned', { owner: 'ada' });
    expect(await rightsOn('owned')).toEqual([
      { name: 'default', type: 'user', permission: 'usergroup.read' },
      { name: 'ada', type: 'user', permission: 'usergroup.admin' },
    ]);
    await gateway.call('update_user_group', { usergroupid: 'owned', description: 'Mine' }, ada.key);
  });

  it('has a name of its own, whatever the case', async () => {
    await create('unique');
    expect(await gateway.refusal('create_user_group', { group_name: 'UNIQUE' })).toBe(
      'user group `UNIQUE` already exist',
    );
    const answers = await Promise.all(
      ['Twin', 'tWIN'].map((group_name) => gateway.rpc('create_user_group', { group_name })),
    );
    expect(answers.filter((answer) => 'result' in answer)).toHaveLength(1);
    expect(answers.find((answer) => 'error' in answer)?.error).toMatchObject({ code: 1009 });
  });

  it.each(['', ' ', 'default', 'Default', '-x', 'a/b', 'a\nb', 'end ', 'e\u0301', '<b>'])(
    'is not named %j',
    async (group_name) => {
      expect(await gateway.refusal('create_user_group', { group_name })).toBe(
        `failed to create group \`${group_name}\``,
      );
      expect(await detailOf('create_user_group', { group_name })).toMatch(/name/);
    },
  );

  it("is made by whoever has hg.usergroup.create.true, in nobody else's name", async () => {
    expect(await gateway.refusal('create_user_group', { group_name: 'no' }, ada.key)).toBe(DENIED);
    for (const owner of ['ada', 'nobody', 'default'])
      expect(await gateway.refusal('create_user_group', { group_name: 'no', owner }, maker.key)).toBe(
        OWNER_PARAM,
      );
    expect(await create('makers', { owner: 'maker' }, maker.key)).toMatchObject({ owner: 'maker' });
    expect(await create('makers2', {}, maker.key)).toMatchObject({ owner: 'maker' });
    expect(await gateway.refusal('create_user_group', { group_name: 'no', owner: 'nobody' })).toBe(
      'user `nobody` does not exist',
    );
    expect(await gateway.refusal('create_user_group', { group_name: 'no', owner: 'default' })).toBe(
      'failed to create group `no`',
    );
  });
});

describe('who sees and changes a user group', () => {
  const attempts = (usergroupid: string): [method: string, args: object][] => [
    ['get_user_group', { usergroupid }],
    ['update_user_group', { usergroupid, description: 'x' }],
    ['add_user_to_user_group', { usergroupid, userid: 'bob' }],
    ['remove_user_from_user_group', { usergroupid, userid: 'bob' }],
    ['grant_user_permission_to_user_group', { usergroupid, userid: 'bob', perm: 'usergroup.read' }],
    ['revoke_user_permission_from_user_group', { usergroupid, userid: 'bob' }],
    [
      'grant_user_group_permission_to_user_group',
      { usergroupid, sourceusergroupid: 'source', perm: 'usergroup.read' },
    ],
    ['revoke_user_group_permission_from_user_group', { usergroupid, sourceusergroupid: 'source' }],
    ['delete_user_group', { usergroupid }],
  ];

  it.each([
    ['none', 0],
    ['read', 1],
    ['write', 1],
    ['admin', 9],
  ])('with the level %s', async (level, allowed) => {
    const name = `gate-${level}`;
    await create(name);
    await gateway.call('create_user_group', { group_name: 'source' }).catch(() => undefined);
    await grant(name, 'default', 'usergroup.none');
    await grant(name, 'ada', `usergroup.${level}`);
    const outcomes: string[] = [];
    for (const [method, args] of attempts(name)) {
      const outcome = await gateway.call(method, args, ada.key).then(
        () => 'allowed',
        (error: Error) => error.message,
      );
      outcomes.push(outcome === `${method}: ${missing(name)}` ? 'hidden' : outcome);
    }
    expect(outcomes).toEqual(attempts(name).map((_, index) => (index < allowed ? 'allowed' : 'hidden')));
  });

  it('is decided by rights: ownership and inactive groups give none', async () => {
    await create('ownership', { owner: 'ada' });
    await gateway.call('revoke_user_permission_from_user_group', { usergroupid: 'ownership', userid: 'ada' });
    expect(await gateway.refusal('update_user_group', { usergroupid: 'ownership' }, ada.key)).toBe(
      missing('ownership'),
    );
    await create('team');
    await add('team', 'ada');
    const right = { usergroupid: 'ownership', sourceusergroupid: 'team', perm: 'usergroup.admin' };
    expect(await gateway.call('grant_user_group_permission_to_user_group', right)).toEqual({
      msg: 'Granted perm: `usergroup.admin` for user group: `team` in user group: `ownership`',
      success: true,
    });
    await gateway.call('update_user_group', { usergroupid: 'ownership' }, ada.key);
    await gateway.call('update_user_group', { usergroupid: 'team', active: false });
    expect(await gateway.refusal('update_user_group', { usergroupid: 'ownership' }, ada.key)).toBe(
      missing('ownership'),
    );
    await gateway.call('update_user_group', { usergroupid: 'team', active: true });
    await gateway.call('update_user_group', { usergroupid: 'ownership' }, ada.key);
  });

  it('lists what one may read, page by page on request', async () => {
    await create('secret');
    await grant('secret', 'default', 'usergroup.none');
    const all = await gateway.call<Group[]>('get_user_groups');
    const seen = await gateway.call<Group[]>('get_user_groups', {}, bob.key);
    expect(all.map((group) => group.group_name)).toContain('secret');
    expect(seen.map((group) => group.group_name)).not.toContain('secret');
    const paged: Group[] = [];
    for (;;) {
      const cursor = paged.at(-1)?.users_group_id;
      const page = await gateway.call<Group[]>('get_user_groups', { limit: 3, cursor }, bob.key);
      if (page.length === 0) break;
      paged.push(...page);
    }
    expect(paged).toEqual(seen);
    const inactive = await gateway.call<{ active: boolean }[]>('get_user_groups', { active: false });
    expect(inactive.map((group) => group.active)).toEqual([false]);
  });
});

describe('update_user_group', () => {
  it('tells what changed, and nothing when nothing did', async () => {
    await create('before', { description: 'old' });
    const change = { group_name: 'after', description: 'new', owner: 'bob' };
    await gateway.call('update_user_group', { usergroupid: 'before', ...change });
    await gateway.call('update_user_group', { usergroupid: 'after', ...change });
    expect(await eventsOf('user_group.updated', 'after')).toMatchObject([
      {
        user_group: { group_name: 'after', group_description: 'new', owner: 'bob', active: true },
        previous: { group_name: 'before', group_description: 'old', owner: 'admin' },
        actor: { username: 'admin' },
      },
    ]);
    expect((await rightsOn('after')).map((right) => right.name)).toEqual(['default', 'admin']);
  });

  it('refuses with one text what is taken or invalid', async () => {
    await create('one');
    await create('two');
    for (const [change, why] of [
      [{ group_name: 'ONE' }, /another user group/],
      [{ group_name: 'a/b' }, /a name has/],
      [{ owner: 'default' }, /cannot own/],
    ] as const) {
      const args = { usergroupid: 'two', ...change };
      expect(await gateway.refusal('update_user_group', args)).toBe('failed to update user group `two`');
      expect(await detailOf('update_user_group', args)).toMatch(why);
    }
  });

  it('leaves a change of the owner to super admins', async () => {
    await create('kept', { owner: 'ada' });
    const args = { usergroupid: 'kept', owner: 'bob' };
    expect(await gateway.refusal('update_user_group', args, ada.key)).toBe(OWNER_PARAM);
    await gateway.call('update_user_group', { ...args, owner: 'ada' }, ada.key);
    expect(await gateway.call('update_user_group', args)).toMatchObject({ user_group: { owner: 'bob' } });
  });
});

describe('members', () => {
  it('are added and removed once, and hold what the group may do at once', async () => {
    const { users_group_id } = await create('crew');
    await create('crewed');
    await grant('crewed', 'default', 'usergroup.none');
    await gateway.call('grant_user_group_permission_to_user_group', {
      usergroupid: 'crewed',
      sourceusergroupid: 'crew',
      perm: 'usergroup.read',
    });
    expect(await gateway.refusal('get_user_group', { usergroupid: 'crewed' }, bob.key)).toBe(
      missing('crewed'),
    );
    expect(await add('crew', 'bob')).toEqual({
      success: true,
      msg: 'added member `bob` to user group `crew`',
    });
    await gateway.call('get_user_group', { usergroupid: 'crewed' }, bob.key);
    expect(await add('crew', 'bob')).toEqual({ success: false, msg: 'User is already in that group' });
    const member = { usergroupid: users_group_id, userid: bob.user_id };
    expect(await gateway.call('remove_user_from_user_group', member)).toEqual({
      success: true,
      msg: 'removed member `bob` from user group `crew`',
    });
    expect(await gateway.call('remove_user_from_user_group', member)).toEqual({
      success: false,
      msg: "User wasn't in group",
    });
    expect(await gateway.refusal('get_user_group', { usergroupid: 'crewed' }, bob.key)).toBe(
      missing('crewed'),
    );
    const told = {
      user_group: { users_group_id, group_name: 'crew' },
      user: { user_id: bob.user_id, username: 'bob' },
    };
    expect(await eventsOf('user_group.member_added', 'crew')).toMatchObject([told]);
    expect(await eventsOf('user_group.member_removed', 'crew')).toMatchObject([told]);
  });

  it('are looked for before the group', async () => {
    for (const method of ['add_user_to_user_group', 'remove_user_from_user_group']) {
      const args = { usergroupid: 'nowhere', userid: 'nobody' };
      expect(await gateway.refusal(method, args, bob.key)).toBe('user `nobody` does not exist');
      expect(await gateway.refusal(method, { ...args, userid: 'ada' }, bob.key)).toBe(missing('nowhere'));
    }
  });

  it('do not include `default`', async () => {
    await create('closed');
    expect(
      await gateway.refusal('add_user_to_user_group', { usergroupid: 'closed', userid: 'default' }),
    ).toBe('failed to add member to user group `closed`');
  });

  it('are added under the names of older releases', async () => {
    await gateway.call('create_users_group', { name: 'old' });
    for (const [method, args] of [
      ['add_user_user_group', { usersgroupid: 'old', userid: 'ada' }],
      ['add_user_users_group', { group_name: 'old', username: 'bob' }],
      ['add_user_to_users_group', { usersgroupid: 'old', userid: 'maker' }],
    ] as const)
      expect(await gateway.call(method, args)).toMatchObject({ success: true });
    const { members } = await gateway.call<Group>('get_users_group', { usersgroupid: 'old' });
    expect(members.map((member) => member.username)).toEqual(['ada', 'bob', 'maker']);
    await gateway.call('remove_user_from_users_group', { usersgroupid: 'old', userid: 'bob' });
  });

  it('leave with their account', async () => {
    await create('leavers');
    await gateway.createUser('leaver');
    await add('leavers', 'leaver');
    await gateway.call('delete_user', { userid: 'leaver' });
    expect(await gateway.call('get_user_group', { usergroupid: 'leavers' })).toMatchObject({ members: [] });
  });
});

describe('rights on user groups', () => {
  it('are granted in place of the one before, and revoked without a complaint', async () => {
    const { users_group_id } = await create('rights');
    expect(await grant('rights', 'ada', 'usergroup.write')).toEqual({
      msg: 'Granted perm: `usergroup.write` for user: `ada` in user group: `rights`',
      success: true,
    });
    await grant('rights', 'ada', 'usergroup.write');
    await grant('rights', 'ada', 'usergroup.admin');
    expect((await rightsOn('rights')).filter((right) => right.name === 'ada')).toEqual([
      { name: 'ada', type: 'user', permission: 'usergroup.admin' },
    ]);
    const revoke = { usergroupid: 'rights', userid: 'ada' };
    for (const _ of [1, 2])
      expect(await gateway.call('revoke_user_permission_from_user_group', revoke)).toEqual({
        msg: 'Revoked perm for user: `ada` in user group: `rights`',
        success: true,
      });
    const base = {
      object: { type: 'user_group', id: users_group_id, name: 'rights' },
      subject: { type: 'user', id: ada.user_id, name: 'ada' },
    };
    expect(await eventsOf('permission.granted', 'rights')).toMatchObject([
      { ...base, permission: 'usergroup.write', previous: { permission: null } },
      { ...base, permission: 'usergroup.admin', previous: { permission: 'usergroup.write' } },
    ]);
    expect(await eventsOf('permission.revoked', 'rights')).toMatchObject([
      { ...base, permission: 'usergroup.admin' },
    ]);
  });

  it('of user groups are granted to whoever sees both, and never to the group itself', async () => {
    await create('target', { owner: 'ada' });
    await create('hidden');
    await grant('hidden', 'default', 'usergroup.none');
    const right = { usergroupid: 'target', sourceusergroupid: 'hidden', perm: 'usergroup.read' };
    const method = 'grant_user_group_permission_to_user_group';
    expect(await gateway.refusal(method, right, ada.key)).toBe(missing('hidden'));
    expect(
      await gateway.refusal(
        method,
        { ...right, usergroupid: 'hidden', sourceusergroupid: 'target' },
        ada.key,
      ),
    ).toBe(missing('hidden'));
    await grant('hidden', 'ada', 'usergroup.read');
    await gateway.call(method, right, ada.key);
    expect(await rightsOn('target')).toContainEqual({
      name: 'hidden',
      type: 'user_group',
      permission: 'usergroup.read',
    });
    expect(
      await gateway.call(
        'revoke_user_group_permission_from_user_group',
        { usergroupid: 'target', sourceusergroupid: 'hidden' },
        ada.key,
      ),
    ).toEqual({ msg: 'Revoked perm for user group: `hidden` in user group: `target`', success: true });
    expect(await gateway.refusal(method, { ...right, sourceusergroupid: 'target' }, ada.key)).toBe(
      'failed to edit permission for user group: `target` in user group: `target`',
    );
    expect(await eventsOf('permission.granted', 'target')).toMatchObject([
      { subject: { type: 'user_group' } },
    ]);
  });

  it('are of the right kind', async () => {
    await create('kinds');
    const args = (perm: string) => ({ usergroupid: 'kinds', userid: 'ada', perm });
    const method = 'grant_user_permission_to_user_group';
    expect(await gateway.refusal(method, args('repository.read'))).toBe(
      'permission `repository.read` is invalid, should start with usergroup.',
    );
    expect(await gateway.refusal(method, args('usergroup.root'))).toBe(
      'permission `usergroup.root` does not exist. Permission should start with prefix: `usergroup.`',
    );
    expect(await gateway.refusal(method, { ...args('usergroup.read'), userid: 'nobody' })).toBe(
      'user `nobody` does not exist',
    );
  });

  it('stay one, whoever grants at the same time', async () => {
    await create('busy');
    const levels = ['none', 'read', 'write', 'admin'];
    await Promise.all(levels.map((level) => grant('busy', 'ada', `usergroup.${level}`)));
    const events = await eventsOf('permission.granted', 'busy');
    const chain = events.map((event) => String(event.permission));
    expect(chain.toSorted()).toEqual(levels.map((level) => `usergroup.${level}`).toSorted());
    expect(events.map((event) => (event.previous as { permission: unknown }).permission)).toEqual([
      null,
      ...chain.slice(0, -1),
    ]);
    expect((await rightsOn('busy')).find((right) => right.name === 'ada')?.permission).toBe(chain.at(-1));
  });
});

describe('delete_user_group', () => {
  it('takes memberships and rights along, and tells who was in it', async () => {
    const { users_group_id } = await create('doomed');
    await create('survivor');
    await add('doomed', 'ada');
    await gateway.call('grant_user_group_permission_to_user_group', {
      usergroupid: 'survivor',
      sourceusergroupid: 'doomed',
      perm: 'usergroup.admin',
    });
    expect(await gateway.call('delete_user_group', { usergroupid: 'doomed' })).toEqual({
      msg: `deleted user group ID:${users_group_id} doomed`,
      user_group: null,
    });
    expect(await gateway.refusal('get_user_group', { usergroupid: 'doomed' })).toBe(missing('doomed'));
    expect(await gateway.refusal('update_user_group', { usergroupid: 'survivor' }, ada.key)).toBe(
      missing('survivor'),
    );
    expect(await eventsOf('user_group.deleted', 'doomed')).toMatchObject([
      { user_group: { users_group_id }, members: [{ user_id: ada.user_id, username: 'ada' }] },
    ]);
    expect(await eventsOf('user_group.created', 'doomed')).toHaveLength(1);
  });

  it('is refused while repositories know it, naming only those that the caller sees', async () => {
    const { users_group_id } = await create('assigned', { owner: 'ada' });
    for (const name of ['b-repo', 'a-repo', 'c-private']) {
      await gateway.call('create_repo', { repo_name: name, repo_type: 'git', private: name === 'c-private' });
      await gateway.app.get(Database).query(
        `INSERT INTO repo_permission (repo_id, users_group_id, level)
           SELECT repo_id, $2, 1 FROM repo WHERE repo_name = $1`,
        [name, users_group_id],
      );
    }
    const args = { usergroupid: 'assigned' };
    expect(await gateway.refusal('delete_user_group', args)).toBe(
      'User Group assigned to a-repo, b-repo, c-private',
    );
    expect(await gateway.refusal('delete_user_group', args, ada.key)).toBe(
      'User Group assigned to a-repo, b-repo, 1 more',
    );
  });
});
