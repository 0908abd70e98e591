import { expect, it } from 'vitest';
import { pythonJson, RecordedClient } from './recorded-client.js';

const client = RecordedClient.of('rhodecode-4', () => Promise.resolve());

/** RhodeCode's own scripts: no content type at all, and the Basic header that comes of a URL with a name in it. */
const rcapi = (method: string, args: object) =>
  client.send({
    headers: {
      'user-agent': 'python-requests/2.9.1',
      accept: '*/*',
      authorization: `Basic ${Buffer.from('test_admin:secret').toString('base64')}`,
    },
    body: pythonJson({ id: 1, auth_token: client.key, method, args }),
  });

it('creates and deletes a repository', async () => {
  const created = await rcapi('create_repo', { repo_name: 'bench', repo_type: 'git', description: 'x' });
  expect(created.status).toBe(200);
  expect(created.json).toMatchObject({ error: null, result: { msg: 'Created new repository `bench`' } });
  expect((await rcapi('delete_repo', { repoid: 'bench' })).json).toMatchObject({
    error: null,
    result: { success: true },
  });
});
