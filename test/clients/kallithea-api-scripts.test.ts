import { expect, it } from 'vitest';
import { RecordedClient, website } from './recorded-client.js';

const client = RecordedClient.of(null, website);

/** toras9000's scripts, on the library of `kallithea-api-client.test.ts`. */
const call = <Result = unknown>(method: string, args: object | null = null) =>
  client.send<Result>({
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ id: '', api_key: client.key, method, args }),
    isChunked: true,
  });

it('lists the last changesets of each repository, whose id it sends as text', async () => {
  const { json } = await call<{ repo_id: number }[]>('get_repos');
  for (const { repo_id } of json.result) {
    const args = { repoid: String(repo_id), max_revisions: '5', reverse: true };
    expect((await call('get_changesets', args)).json).toMatchObject({
      id: '',
      error: null,
      result: [{ message: 'Say hello\n', author: 'Ada <ada@example.com>' }],
    });
  }
});

it('keeps the order of permissions', async () => {
  const { json } = await call<{ permissions: { repositories: Record<string, string> } }>('get_user');
  expect(json.result.permissions.repositories).toEqual({ website: 'repository.admin' });
});

it('makes users, groups, repositories and rights', async () => {
  await call('create_user', { username: 'ada', email: 'ada@example.com', password: 'secret' });
  await call('create_repo_group', { group_name: 'team', owner: 'ada' });
  expect(
    (await call('create_repo_group', { group_name: 'inner', parent: 'team', owner: 'ada' })).json,
  ).toMatchObject({
    error: null,
  });
  expect((await call('get_repo_group', { repogroupid: 'team/inner' })).json.result).toMatchObject({
    owner: 'ada',
  });
  await call('create_repo', { repo_name: 'team/inner/tool', repo_type: 'git' });
  const right = { repoid: 'team/inner/tool', userid: 'ada', perm: 'repository.admin' };
  expect((await call('grant_user_permission', right)).json).toMatchObject({ error: null });
  const files = { 'a.txt': { content: 'text' } };
  expect((await call('create_gist', { files })).json).toMatchObject({ result: { msg: 'created new gist' } });
});
