import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { followEvents } from '../harness/recorded-events.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

const make = (name: string, key?: string) =>
  gateway.call('create_repo', { repo_name: name, repo_type: 'git', create_groups: true }, key);
const refusal = (name: string, key?: string) =>
  gateway.refusal('create_repo', { repo_name: name, repo_type: 'git', create_groups: true }, key);
const group = (name: string) => gateway.call('get_repo_group', { repogroupid: name });

/** A group that the user may write to, and nobody else sees. */
async function writableGroup(name: string, userid: string): Promise<void> {
  await gateway.call('create_repo_group', { group_name: name });
  const repogroupid = name;
  await gateway.call('grant_user_permission_to_repo_group', {
    repogroupid,
    userid: 'default',
    perm: 'group.none',
  });
  await gateway.call('grant_user_permission_to_repo_group', { repogroupid, userid, perm: 'group.write' });
}

describe('create_repo {create_groups}', () => {
  it('makes every missing group for a super admin, with an event each', async () => {
    const newEvents = await followEvents(gateway);
    expect(await make('a/b/c')).toEqual({ msg: 'Created new repository `a/b/c`', success: true });
    expect(
      (await newEvents()).map(({ type, data }) => [type, (data.repo_group ?? data.repo)?.group_name]),
    ).toEqual([
      ['repo_group.created', 'a'],
      ['repo_group.created', 'a/b'],
      ['repo.created', undefined],
    ]);
    expect(await group('a/b')).toMatchObject({ parent_group: 'a', owner: 'admin', repositories: ['a/b/c'] });
  });

  it('makes them for whoever has write on the deepest one that is there, who then owns them', async () => {
    const ada = await gateway.createUser('ada');
    await writableGroup('team', 'ada');
    await make('team/x/y/repo', ada.key);
    expect(await group('team/x/y')).toMatchObject({ owner: 'ada', repositories: ['team/x/y/repo'] });
    await make('team/x/more/repo', ada.key);
    expect(await group('team/x/more')).toMatchObject({ parent_group: 'team/x' });
  });

  it('tells others nothing of what they may not see', async () => {
    const eve = await gateway.createUser('eve');
    expect(await refusal('team/z/repo', eve.key)).toBe('repo group `team/z` not found');
    expect(await refusal('nowhere/z/repo', eve.key)).toBe('repo group `nowhere/z` not found');
    expect(await refusal('a/z/repo', eve.key)).toBe('no permission to create repo in a');
    expect(await refusal('a/b/repo', eve.key)).toBe('no permission to create repo in a/b');
  });

  it('leaves no group behind where the repository is refused', async () => {
    for (const name of ['new/in va lid', 'new/.git/repo', 'new//repo', 'a/b/c/d/repo'])
      expect(await refusal(name)).toBe(`failed to create repository \`${name}\``);
    expect(await gateway.refusal('get_repo_group', { repogroupid: 'new' })).toContain('does not exist');
  });

  it('makes the group once for two that want it at once', async () => {
    const names = ['at/once/one', 'at/once/two', 'at/once/three'];
    await Promise.all(names.map((name) => make(name)));
    expect(await group('at/once')).toMatchObject({ repositories: names.toSorted() });
  });

  it('keeps a limited key to its scopes', async () => {
    const { api_key } = await gateway.call<{ api_key: string }>('create_api_key', {
      scopes: ['create_repo', 'repo:in/**', 'group:other'],
    });
    expect(await refusal('in/new/repo', api_key)).toContain('scope');
  });

  it('is off unless it is asked for', async () => {
    expect(await gateway.refusal('create_repo', { repo_name: 'no/such/repo', repo_type: 'git' })).toBe(
      'repo group `no/such` not found',
    );
  });
});
