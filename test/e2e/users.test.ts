import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

describe('users', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.close());

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

  it('keeps a user who owns a repository', async () => {
    const owner = await gateway.createUser('owner');
    await gateway.call('create_repo', { repo_name: 'owned', repo_type: 'git' }, owner.key);
    expect(await gateway.refusal('delete_user', { userid: 'owner' })).toBe(
      `failed to delete user ID:${owner.user_id} owner`,
    );
    const { error } = await gateway.rpc('delete_user', { userid: 'owner' });
    expect(error).toMatchObject({ code: 1010, data: { detail: expect.stringContaining('still owns') } });
  });
});
