import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

let gateway: TestGateway;
let fan: { user_id: number; key: string };

beforeAll(async () => {
  gateway = await startTestGateway({ FORGEGATE_ROLES: 'api,jobs' });
  fan = await gateway.createUser('fan');
  await gateway.call('create_repo', { repo_name: 'open', repo_type: 'git' });
});
afterAll(() => gateway.close());

const followers = async (repoid: string) =>
  (await gateway.call<{ followers: { username: string }[] }>('get_repo', { repoid })).followers.map(
    ({ username }) => username,
  );

describe('followers', () => {
  it('come and go with follow_repo and unfollow_repo, as often as they are called', async () => {
    expect(await followers('open')).toEqual(['admin']);
    const follow = () => gateway.call('follow_repo', { repoid: 'open' }, fan.key);
    const unfollow = () => gateway.call('unfollow_repo', { repoid: 'open' }, fan.key);
    expect(await follow()).toEqual({ msg: 'Started following repository `open`', success: true });
    expect(await followers('open')).toEqual(['admin', 'fan']);
    expect(await follow()).toEqual({ msg: 'Already following repository `open`', success: true });
    expect(await followers('open')).toEqual(['admin', 'fan']);
    expect(await unfollow()).toEqual({ msg: 'Stopped following repository `open`', success: true });
    expect(await followers('open')).toEqual(['admin']);
    expect(await unfollow()).toEqual({ msg: 'Not following repository `open`', success: true });
  });

  it('are counted once when they ask twice at the same moment', async () => {
    const answers = await Promise.all(
      [1, 2].map(() => gateway.call<{ msg: string }>('follow_repo', { repoid: 'open' }, fan.key)),
    );
    expect(answers.map(({ msg }) => msg).toSorted()).toEqual([
      'Already following repository `open`',
      'Started following repository `open`',
    ]);
    expect(await followers('open')).toEqual(['admin', 'fan']);
  });

  it('are shown as users and may read the repository', async () => {
    await gateway.call('follow_repo', { repoid: 'open' }, fan.key);
    const { followers: shown } = await gateway.call<{ followers: object[] }>('get_repo', { repoid: 'open' });
    const { permissions, ...user } = await gateway.call<{ permissions: object }>('get_user', {
      userid: 'fan',
    });
    expect(permissions).toBeDefined();
    expect(shown).toContainEqual(user);
    await gateway.call('create_repo', { repo_name: 'closed', repo_type: 'git', private: true });
    for (const method of ['follow_repo', 'unfollow_repo'])
      expect(await gateway.refusal(method, { repoid: 'closed' }, fan.key)).toBe(
        'repository `closed` does not exist',
      );
    expect(await followers('closed')).toEqual(['admin']);
  });

  it('cannot be made with a key that only reads', async () => {
    const { api_key: key } = await gateway.call<{ api_key: string }>(
      'create_api_key',
      { description: 'reads', scopes: ['read'] },
      fan.key,
    );
    expect(await gateway.refusal('follow_repo', { repoid: 'open' }, key)).toBe(
      'This API key lacks the scope `follow_repo`',
    );
  });
});

describe('members in get_repo', () => {
  it('are the stored rights: users in the order in which they came, then groups', async () => {
    await gateway.call('create_repo', { repo_name: 'crew', repo_type: 'git' });
    await gateway.call('create_user_group', { group_name: 'aces' });
    await gateway.call('grant_user_group_permission', {
      repoid: 'crew',
      usergroupid: 'aces',
      perm: 'repository.admin',
    });
    await gateway.createUser('zoe');
    for (const userid of ['zoe', 'fan'])
      await gateway.call('grant_user_permission', { repoid: 'crew', userid, perm: 'repository.write' });
    expect(await gateway.call('get_repo', { repoid: 'crew' })).toMatchObject({
      owner: 'admin',
      members: [
        { name: 'default', type: 'user', permission: 'repository.read' },
        { name: 'zoe', type: 'user', permission: 'repository.write' },
        { name: 'fan', type: 'user', permission: 'repository.write' },
        { name: 'aces', type: 'user_group', permission: 'repository.admin' },
      ],
    });
  });
});
