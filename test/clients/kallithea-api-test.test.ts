import { expect, it } from 'vitest';
import { pythonJson, RecordedClient } from './recorded-client.js';

const client = RecordedClient.of(null, () => Promise.resolve());

/** toras9000's own test of the server: a doubled slash, ids that are strings. */
const call = (method: string, args: object) =>
  client.send({
    path: '//_admin/api',
    headers: { 'user-agent': 'python-requests/2.28.2', 'content-type': 'application/json' },
    body: pythonJson({ id: '0', api_key: client.key, method, args }),
  });

it('sets the switches of a new repository', async () => {
  const args = { repo_name: 'switched', repo_type: 'git', enable_downloads: true, enable_statistics: true };
  expect((await call('create_repo', args)).json).toEqual({
    id: '0',
    result: { msg: 'Created new repository `switched`', success: true },
    error: null,
  });
  expect((await call('get_repo', { repoid: 'switched' })).json.result).toMatchObject({
    enable_downloads: true,
    enable_statistics: true,
  });
});

it('moves a repository group below another one', async () => {
  await call('create_repo_group', { group_name: 'a' });
  await call('create_repo_group', { group_name: 'b', parent: 'a' });
  await call('create_repo_group', { group_name: 'c' });
  const { json } = await call('update_repo_group', { repogroupid: 'a/b', parent: 'c' });
  expect(json).toMatchObject({
    error: null,
    result: { repo_group: { group_name: 'c/b', parent_group: 'c' } },
  });
});
