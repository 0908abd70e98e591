import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Database } from '../../src/database/database.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

const DENIED = 'Access was denied to this resource.';
const NOT_YOURSELF = 'userid is not the same as your user';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

/** The texts of the events of a type about one user, oldest first. */
async function eventsOf(type: string, userId: number): Promise<string[]> {
  const rows = await gateway.app
    .get(Database)
    .query<{ body: string }>(
      `SELECT body FROM event WHERE type = $1 AND body::json->'data'->'user'->>'user_id' = $2 ORDER BY event_id`,
      [type, String(userId)],
    );
  return rows.map(({ body }) => body);
}
const data = (body: string | undefined) =>
  (JSON.parse(body ?? 'null') as { data: Record<string, unknown> } | null)?.data;
const detailOf = async (method: string, params: object, key?: string) =>
  (await gateway.rpc(method, params, key)).error as { code: number; data: { detail: string } };

describe('users', () => {
  it('shows the first administrator to himself, with his permissions', async () => {
    expect(await gateway.call('get_user')).toEqual({
      user_id: 2,
      username: 'admin',
      firstname: 'Forgegate',
      lastname: 'Admin',
      email: expect.any(String),
      emails: [expect.any(String)],
      active: true,
      admin: true,
      permissions: { global: ['hg.admin'], repositories: {}, repositories_groups: {}, user_groups: {} },
    });
  });

  it('creates a user with a first key that works at once', async () => {
    const created = await gateway.call<{ msg: string; user: object; api_key: string }>('create_user', {
      username: 'ada',
      email: 'Ada@Example.com',
      firstname: 'Ada',
      active: 'true',
    });
    expect(created).toEqual({
      msg: 'created new user `ada`',
      api_key: expect.stringMatching(/^[0-9a-f]{40}$/),
      user: {
        user_id: expect.any(Number),
        username: 'ada',
        firstname: 'Ada',
        lastname: '',
        email: 'ada@example.com',
        emails: ['ada@example.com'],
        active: true,
        admin: false,
      },
    });
    const self = await gateway.call<{ username: string; permissions: { global: string[] } }>(
      'get_user',
      { userid: 'ada' },
      created.api_key,
    );
    expect(self.username).toBe('ada');
    expect(self.permissions.global).toContain('hg.create.repository');
  });

  it('refuses a taken name or address, whatever the case', async () => {
    await gateway.createUser('bob');
    expect(await gateway.refusal('create_user', { username: 'BOB', email: 'x@example.com' })).toBe(
      'user `BOB` already exist',
    );
    expect(await gateway.refusal('create_user', { username: 'bob2', email: 'BOB@example.com' })).toBe(
      'email `BOB@example.com` already exist',
    );
  });

  it('makes one of two users who are created at once with one name', async () => {
    const attempt = (n: number) =>
      gateway.call('create_user', { username: 'twin', email: `twin${n}@example.com` }).then(
        () => 'created',
        (error: Error) => error.message,
      );
    const outcomes = await Promise.all([attempt(1), attempt(2)]);
    expect(outcomes.toSorted()).toEqual(['create_user: user `twin` already exist', 'created']);
  });

  it('lets others than super admins name themselves only', async () => {
    const eve = await gateway.createUser('eve');
    expect(await gateway.refusal('get_user', { userid: 'admin' }, eve.key)).toBe(
      'userid is not the same as your user',
    );
    expect(await gateway.refusal('get_users', {}, eve.key)).toBe('Access was denied to this resource.');
    expect(await gateway.refusal('get_user', { userid: 'nobody' })).toBe('user `nobody` does not exist');
  });

  it('lists users by name without `default`', async () => {
    const names = (await gateway.call<{ username: string }[]>('get_users')).map((user) => user.username);
    expect(names).toContain('admin');
    expect(names).not.toContain('default');
    expect(names).toEqual(names.toSorted());
  });

  it('deletes a user who owns nothing, whose key then stops working', async () => {
    const gone = await gateway.createUser('gone');
    await gateway.call('get_user', {}, gone.key);
    expect(await gateway.call('delete_user', { userid: 'gone' })).toEqual({
      msg: `deleted user ID:${gone.user_id} gone`,
      user: null,
    });
    expect(await gateway.refusal('get_user', {}, gone.key)).toBe('Invalid API key');
  });

  it('keeps whoever deletes himself, and the owner of a user group', async () => {
    expect(await gateway.refusal('delete_user', { userid: 'admin' })).toBe(
      'failed to delete user ID:2 admin',
    );
    expect((await detailOf('delete_user', { userid: 'admin' })).data.detail).toBe(
      'you cannot delete yourself',
    );
    const { user_id } = await gateway.createUser('holder');
    await gateway.call('create_user_group', { group_name: 'held', owner: 'holder' });
    expect(await gateway.refusal('delete_user', { userid: 'holder' })).toBe(
      `failed to delete user ID:${user_id} holder`,
    );
    expect(await gateway.refusal('delete_user', { userid: 'default' })).toBe(
      'failed to delete user ID:1 default',
    );
  });

  it('keeps a user who owns a repository', async () => {
    const owner = await gateway.createUser('owner');
    await gateway.call('create_repo', { repo_name: 'owned', repo_type: 'git' }, owner.key);
    expect(await gateway.refusal('delete_user', { userid: 'owner' })).toBe(
      `failed to delete user ID:${owner.user_id} owner`,
    );
    const { error } = await gateway.rpc('delete_user', { userid: 'owner' });
    expect(error).toMatchObject({ code: 1010, data: { detail: expect.stringContaining('still owns') } });
  });

  it.each(['', 'a b', '-x', '.x', 'new_user', 'a/b', 'a\nb', 'e\u0301'])(
    'does not create a user named %j',
    async (username) => {
      const args = { username, email: 'odd@example.com' };
      expect(await gateway.refusal('create_user', args)).toBe(`failed to create user \`${username}\``);
      const { data: why } = await detailOf('create_user', args);
      expect(why.detail).toMatch(/name/);
    },
  );

  it('does not overwrite `default`, and refuses what is no address', async () => {
    expect(await gateway.refusal('create_user', { username: 'DEFAULT', email: 'd@example.com' })).toBe(
      'user `DEFAULT` already exist',
    );
    expect(await gateway.refusal('create_user', { username: 'odd', email: 'nowhere' })).toBe(
      'failed to create user `odd`',
    );
  });

  it('lists users page by page, and only active ones on request', async () => {
    await gateway.createUser('sleeper', { active: false });
    const all = await gateway.call<{ username: string; active: boolean }[]>('get_users');
    const paged: unknown[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await gateway.call<{ username: string }[]>('get_users', { limit: 2, cursor });
      if (page.length === 0) break;
      paged.push(...page);
      cursor = page.at(-1)?.username;
    }
    expect(paged).toEqual(all);
    expect(await gateway.call('get_users', { active: true })).toEqual(all.filter((user) => user.active));
    expect(await gateway.call('get_users', { active: false })).toMatchObject([{ username: 'sleeper' }]);
  });
});

describe('update_user', () => {
  it('changes what is given, and tells what changed but no secret', async () => {
    const user = await gateway.createUser('mary', { lastname: 'Murray' });
    const { msg, user: shown } = await gateway.call<{ msg: string; user: object }>('update_user', {
      userid: 'mary',
      username: 'mary2',
      lastname: 'Hopper',
      firstname: null,
      password: 'correct horse',
      email: 'Mary2@Example.com',
    });
    expect(msg).toBe(`updated user ID:${user.user_id} mary2`);
    expect(shown).toEqual({
      user_id: user.user_id,
      username: 'mary2',
      firstname: '',
      lastname: 'Hopper',
      email: 'mary2@example.com',
      emails: ['mary2@example.com'],
      active: true,
      admin: false,
    });
    const [event, ...more] = await eventsOf('user.updated', user.user_id);
    expect(more).toEqual([]);
    expect(data(event)).toMatchObject({
      user: shown,
      changed: ['username', 'email', 'lastname', 'password', 'emails'],
      previous: {
        username: 'mary',
        lastname: 'Murray',
        email: 'mary@example.com',
        emails: ['mary@example.com'],
      },
      actor: { user_id: 2, username: 'admin' },
    });
    expect(event).not.toContain('correct horse');
    expect(event).not.toContain('scrypt');
  });

  it('records nothing when nothing changes', async () => {
    const { user_id } = await gateway.createUser('same', { lastname: 'Same' });
    await gateway.call('update_user', { userid: 'same', lastname: 'Same', active: 'true' });
    expect(await eventsOf('user.updated', user_id)).toEqual([]);
  });

  it('refuses `default`, and with one text whatever is taken or invalid', async () => {
    await gateway.createUser('taken1');
    await gateway.createUser('taken2');
    expect(await gateway.refusal('update_user', { userid: 'default', active: true })).toBe(
      'editing default user is forbidden',
    );
    expect(await gateway.refusal('update_user', { userid: 'nobody' })).toBe('user `nobody` does not exist');
    for (const [change, why] of [
      [{ username: 'TAKEN1' }, /another account has that username/],
      [{ email: 'Taken1@example.com' }, /another account has that email/],
      [{ username: 'a b' }, /a name has letters/],
      [{ email: 'nowhere' }, /not a valid address/],
    ] as const) {
      const args = { userid: 'taken2', ...change };
      expect(await gateway.refusal('update_user', args)).toBe('failed to update user `taken2`');
      expect((await detailOf('update_user', args)).data.detail).toMatch(why);
    }
  });

  it('shuts an inactive user out at once, and lets him in again', async () => {
    const user = await gateway.createUser('outin');
    await gateway.call('get_user', {}, user.key);
    await gateway.call('update_user', { userid: 'outin', active: false });
    expect(await gateway.refusal('get_user', {}, user.key)).toBe('Invalid API key');
    await gateway.call('update_user', { userid: 'outin', active: true });
    await gateway.call('get_user', {}, user.key);
  });

  it('keeps one active super admin, also when two take each other the flag away', async () => {
    expect((await detailOf('update_user', { userid: 'admin', admin: false })).data.detail).toBe(
      'there must be an active super admin',
    );
    const second = await gateway.createUser('admin2', { admin: true });
    const outcomes = await Promise.all([
      gateway.call('update_user', { userid: 'admin2', admin: false }).then(
        () => true,
        () => false,
      ),
      gateway.call('update_user', { userid: 'admin', active: false }, second.key).then(
        () => true,
        () => false,
      ),
    ]);
    const admins = await gateway.app
      .get(Database)
      .query('SELECT user_id FROM "user" WHERE admin AND active ORDER BY user_id');
    expect(admins).toHaveLength(1);
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    if (!outcomes[0]) await gateway.call('update_user', { userid: 'admin', active: true }, second.key);
    await gateway.call('update_user', { userid: 'admin2', admin: false });
  });

  it('is for super admins', async () => {
    const { key } = await gateway.createUser('plain');
    expect(await gateway.refusal('update_user', { userid: 'plain', admin: true }, key)).toBe(DENIED);
    expect(await gateway.refusal('delete_user', { userid: 'plain' }, key)).toBe(DENIED);
    expect(await gateway.refusal('create_user', { username: 'x', email: 'x@x' }, key)).toBe(DENIED);
  });
});

describe('events of users', () => {
  it('tell of creation and deletion without the key', async () => {
    const user = await gateway.createUser('told', { password: 'correct horse' });
    await gateway.call('delete_user', { userid: 'told' });
    const [created] = await eventsOf('user.created', user.user_id);
    const [deleted] = await eventsOf('user.deleted', user.user_id);
    expect(data(created)).toMatchObject({ user: { username: 'told', email: 'told@example.com' } });
    expect(data(deleted)).toMatchObject({ user: { username: 'told' } });
    expect(created).not.toContain(user.key);
    expect(created).not.toContain('correct horse');
  });
});

describe('additional addresses', () => {
  const email = (text: string, more: object = {}) => ({ email: text, ...more });

  it('stand behind the primary one, are added and taken away by oneself', async () => {
    const user = await gateway.createUser('many');
    expect(await gateway.call('add_user_email', email('Other@Example.com'), user.key)).toMatchObject({
      msg: 'added email `other@example.com` to user `many`',
      user: { email: 'many@example.com', emails: ['many@example.com', 'other@example.com'] },
    });
    await gateway.call('add_user_email', email('third@example.com', { userid: 'many' }));
    expect(await gateway.call('get_user', {}, user.key)).toMatchObject({
      emails: ['many@example.com', 'other@example.com', 'third@example.com'],
    });
    expect(await gateway.call('delete_user_email', email('OTHER@example.com'), user.key)).toMatchObject({
      msg: 'deleted email `other@example.com` of user `many`',
      user: { emails: ['many@example.com', 'third@example.com'] },
    });
    const events = await eventsOf('user.updated', user.user_id);
    expect(data(events[0])).toMatchObject({
      changed: ['emails'],
      previous: { emails: ['many@example.com'] },
    });
    expect(events).toHaveLength(3);
  });

  it('belong to one account, whatever the case', async () => {
    const user = await gateway.createUser('one');
    await gateway.createUser('two');
    await gateway.call('add_user_email', email('extra@example.com'), user.key);
    for (const taken of ['ONE@example.com', 'two@example.com', 'Extra@example.com'])
      expect(await gateway.refusal('add_user_email', email(taken, { userid: 'one' }))).toBe(
        `email \`${taken}\` already exist`,
      );
    expect(await gateway.refusal('add_user_email', email('extra@example.com', { userid: 'two' }))).toBe(
      'email `extra@example.com` already exist',
    );
    expect(await gateway.refusal('create_user', { username: 'three', email: 'EXTRA@example.com' })).toBe(
      'email `EXTRA@example.com` already exist',
    );
    expect(await gateway.call('update_user', { userid: 'one', email: 'extra@example.com' })).toMatchObject({
      user: { email: 'extra@example.com', emails: ['extra@example.com'] },
    });
  });

  it('go to one of two accounts that ask at once', async () => {
    const users = await Promise.all(['race1', 'race2'].map((name) => gateway.createUser(name)));
    const answers = await Promise.all(
      users.map(({ key }) => gateway.rpc('add_user_email', email('race@example.com'), key)),
    );
    expect(answers.filter((answer) => 'result' in answer)).toHaveLength(1);
    expect(answers.find((answer) => 'error' in answer)?.error).toMatchObject({
      code: 1009,
      message: 'email `race@example.com` already exist',
    });
  });

  it('are refused for others, for `default`, and when they are none', async () => {
    const { key } = await gateway.createUser('thief');
    const args = email('x@example.com', { userid: 'admin' });
    expect(await gateway.refusal('add_user_email', args, key)).toBe(NOT_YOURSELF);
    expect(await gateway.refusal('delete_user_email', args, key)).toBe(NOT_YOURSELF);
    expect(await gateway.refusal('add_user_email', email('no address'), key)).toBe(
      'failed to add email `no address` to user `thief`',
    );
    expect(await gateway.refusal('add_user_email', email('x@example.com', { userid: 'default' }))).toBe(
      'failed to add email `x@example.com` to user `default`',
    );
    expect(await gateway.refusal('delete_user_email', email('x@example.com'), key)).toBe(
      'email `x@example.com` does not exist',
    );
    expect(await gateway.refusal('delete_user_email', email('thief@example.com'), key)).toBe(
      'email `thief@example.com` is the primary one; change it with update_user',
    );
  });
});

describe('networks of users', () => {
  it('limit a user at once, and are listed by get_ip', async () => {
    const user = await gateway.createUser('roamer');
    await gateway.call('get_user', {}, user.key);
    expect(await gateway.call('add_user_ip', { userid: 'roamer', ip_addr: '10.1.2.3/8' })).toEqual({
      msg: 'added network `10.0.0.0/8` to user `roamer`',
      user_ips: [{ ip_addr: '10.0.0.0/8', ip_range: ['10.0.0.0', '10.255.255.255'] }],
    });
    expect(await gateway.refusal('get_user', {}, user.key)).toBe('Invalid API key');
    await gateway.call('add_user_ip', { userid: 'roamer', ip_addr: '127.0.0.1' });
    await gateway.call('get_user', {}, user.key);
    expect(await gateway.call('get_ip', { userid: 'roamer' })).toMatchObject({
      user_ips: [{ ip_addr: '10.0.0.0/8' }, { ip_addr: '127.0.0.1/32' }],
    });
    await gateway.call('delete_user_ip', { userid: 'roamer', ip_addr: '127.0.0.1' });
    expect(await gateway.refusal('get_user', {}, user.key)).toBe('Invalid API key');
    expect(await gateway.call('delete_user_ip', { userid: 'roamer', ip_addr: '10.0.0.0/8' })).toEqual({
      msg: 'deleted network `10.0.0.0/8` of user `roamer`',
      user_ips: [],
    });
    await gateway.call('get_user', {}, user.key);
    const events = await eventsOf('user.updated', user.user_id);
    expect(events).toHaveLength(4);
    expect(data(events[0])).toMatchObject({ changed: ['ip_addresses'], previous: {} });
    expect(events.join()).not.toContain('10.0.0.0');
  });

  it('cannot shut the caller himself out, neither by his own nor by those of everybody', async () => {
    for (const userid of ['admin', 'default']) {
      const args = { userid, ip_addr: '2001:db8::/32' };
      expect(await gateway.refusal('add_user_ip', args)).toBe(
        `failed to add network \`2001:db8::/32\` to user \`${userid}\``,
      );
      expect((await detailOf('add_user_ip', args)).data.detail).toMatch(/would be shut out/);
    }
    expect(await gateway.call('get_ip', { userid: 'default' })).toMatchObject({ user_ips: [] });
  });

  it('are refused when they are none, there already, or not there; and by anybody else', async () => {
    const { key } = await gateway.createUser('limited');
    const args = (ip_addr: string) => ({ userid: 'limited', ip_addr });
    await gateway.call('add_user_ip', args('::1'));
    await gateway.call('add_user_ip', args('127.0.0.0/8'));
    expect(await gateway.refusal('add_user_ip', args('0:0::1/128'))).toBe('network `::1/128` already exist');
    expect(await gateway.refusal('delete_user_ip', args('9.9.9.9'))).toBe(
      'network `9.9.9.9/32` does not exist',
    );
    expect(await gateway.refusal('add_user_ip', args('10.0.0.0-10.0.0.9'))).toMatch(/argument `ip_addr`/);
    expect(await gateway.refusal('add_user_ip', args('10.0.0.0/33'))).toMatch(/argument `ip_addr`/);
    expect(await gateway.refusal('add_user_ip', args('10.0.0.1'), key)).toBe(DENIED);
    expect(await gateway.refusal('delete_user_ip', args('::1'), key)).toBe(DENIED);
  });
});

describe('get_user_permissions', () => {
  interface Permission {
    object: { type: string; id: number | null; name: string | null };
    permission: string;
    origins: { origin: string; user_group?: string; permission: string }[];
  }
  const list = (args: object = {}, key?: string) =>
    gateway.call<{ user_id: number; username: string; permissions: Permission[]; next: string | null }>(
      'get_user_permissions',
      args,
      key,
    );

  let grace: { user_id: number; key: string };
  beforeAll(async () => {
    grace = await gateway.createUser('grace');
    await gateway.call('create_user_group', { group_name: 'graces' });
    await gateway.call('add_user_to_user_group', { usergroupid: 'graces', userid: 'grace' });
    await gateway.call('create_user_group', { group_name: 'seen', owner: 'grace' });
    await gateway.call('grant_user_group_permission_to_user_group', {
      usergroupid: 'seen',
      sourceusergroupid: 'graces',
      perm: 'usergroup.write',
    });
    await gateway.call('create_repo', { repo_name: 'hers', repo_type: 'git', private: true }, grace.key);
  });

  it('says where each right comes from, and agrees with get_user', async () => {
    const answer = await list({}, grace.key);
    expect(answer).toMatchObject({ user_id: grace.user_id, username: 'grace', next: null });
    const on = (type: string, name: string | null) =>
      answer.permissions.find(({ object }) => object.type === type && object.name === name);
    expect(on('user_group', 'seen')).toEqual({
      object: { type: 'user_group', id: expect.any(Number), name: 'seen' },
      permission: 'usergroup.admin',
      origins: [
        { origin: 'own', permission: 'usergroup.admin' },
        { origin: 'user_group', user_group: 'graces', permission: 'usergroup.write' },
        { origin: 'default', permission: 'usergroup.read' },
      ],
    });
    expect(on('repo', 'hers')?.origins).toEqual([{ origin: 'owner', permission: 'repository.admin' }]);
    expect(answer.permissions).toContainEqual({
      object: { type: 'global', id: null, name: null },
      permission: 'hg.fork.repository',
      origins: [{ origin: 'default', permission: 'hg.fork.repository' }],
    });

    const { permissions } = await gateway.call<{
      permissions: Record<'repositories' | 'repositories_groups' | 'user_groups', Record<string, string>> & {
        global: string[];
      };
    }>('get_user', {}, grace.key);
    const of = (type: string) =>
      Object.fromEntries(
        answer.permissions
          .filter(({ object }) => object.type === type)
          .map(({ object, permission }) => [object.name, permission]),
      );
    const some = (rights: Record<string, string>) =>
      Object.fromEntries(Object.entries(rights).filter(([, permission]) => !permission.endsWith('.none')));
    expect(of('repo')).toEqual(some(permissions.repositories));
    expect(of('repo_group')).toEqual(some(permissions.repositories_groups));
    expect(of('user_group')).toEqual(some(permissions.user_groups));
    const globals = answer.permissions.filter(({ object }) => object.type === 'global');
    expect(globals.map(({ permission }) => permission).toSorted()).toEqual(permissions.global.toSorted());
  });

  it('names the flag of a super admin, and what he would have without it', async () => {
    const { permissions } = await list({ object_type: 'user_group' });
    expect(permissions.every(({ origins }) => origins[0]?.permission === 'usergroup.admin')).toBe(true);
    expect(permissions.find(({ object }) => object.name === 'graces')?.origins).toEqual([
      { origin: 'own', permission: 'usergroup.admin' },
      { origin: 'super_admin', permission: 'usergroup.admin' },
      { origin: 'default', permission: 'usergroup.read' },
    ]);
    expect((await list({ object_type: 'global' })).permissions).toContainEqual({
      object: { type: 'global', id: null, name: null },
      permission: 'hg.admin',
      origins: [{ origin: 'super_admin', permission: 'hg.admin' }],
    });
  });

  it('comes page by page on request', async () => {
    const all = await list({ userid: 'grace' });
    const paged: Permission[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await list({ userid: 'grace', limit: 4, cursor });
      expect(page.permissions.length).toBeLessThanOrEqual(4);
      paged.push(...page.permissions);
      cursor = page.next;
    } while (cursor !== null);
    expect(paged).toEqual(all.permissions);
    expect(paged.length).toBeGreaterThan(8);
  });

  it('is for oneself and for super admins', async () => {
    expect(await gateway.refusal('get_user_permissions', { userid: 'ada' }, grace.key)).toBe(
      'userid is not the same as your user',
    );
    expect(await list({ userid: 'grace' }, grace.key)).toEqual(await list({ userid: grace.user_id }));
    expect((await list({ userid: 'default', object_type: 'global' })).permissions[0]?.origins).toMatchObject([
      { origin: 'own' },
    ]);
  });
});

describe('lists', () => {
  it('cost a fixed number of queries, however much there is', async () => {
    const db = gateway.app.get(Database);
    const spies = [vi.spyOn(db, 'query'), vi.spyOn(db, 'prepared')];
    const listing = [
      ['get_users', {}],
      ['get_user_groups', {}],
      ['get_user_permissions', { userid: 2 }],
    ] as const;
    const costs = async () => {
      const counts: number[] = [];
      for (const [method, args] of listing) {
        await gateway.call(method, args);
        for (const spy of spies) spy.mockClear();
        await gateway.call(method, args);
        // Background work asks for other tables
        const texts = spies.flatMap((spy) =>
          spy.mock.calls.map((call) => String(call.find((each) => /select/i.test(String(each))))),
        );
        counts.push(texts.filter((text) => /"user"|user_group/.test(text)).length);
      }
      return counts;
    };
    try {
      const before = await costs();
      for (const name of ['more1', 'more2', 'more3']) {
        await gateway.createUser(name);
        await gateway.call('create_user_group', { group_name: name });
        await gateway.call('add_user_to_user_group', { usergroupid: name, userid: name });
      }
      expect(await costs()).toEqual(before);
      expect(before).toEqual([1, 2, 1]);
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  });

  it('names no object in the permissions that the user may not see', async () => {
    const mia = await gateway.createUser('mia');
    await gateway.call('create_repo', { repo_name: 'hush', repo_type: 'git', private: true });
    await gateway.call('create_repo', { repo_name: 'open', repo_type: 'git' });
    const { permissions } = await gateway.call<{ permissions: { repositories: object } }>(
      'get_user',
      {},
      mia.key,
    );
    expect(permissions.repositories).toMatchObject({ open: 'repository.read' });
    expect(permissions.repositories).not.toHaveProperty('hush');
  });
});
