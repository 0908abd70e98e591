import { expect, it } from 'vitest';
import { createFeature } from './feature-branch.js';
import { RecordedClient, website } from './recorded-client.js';

const client = RecordedClient.of('rhodecode-4', async (gateway) => {
  await website(gateway);
  await createFeature(gateway);
});

/** The extension of 2018: an error must be null, not merely absent. */
async function call<Result = Record<string, unknown>>(method: string, args: object): Promise<Result> {
  const { json } = await client.send<Result>({
    headers: {
      accept: 'application/json, text/plain, */*',
      'content-type': 'application/json;charset=utf-8',
    },
    body: JSON.stringify({ id: '1', api_key: client.key, method, args }),
  });
  expect(json.error).toBeNull();
  return json.result;
}

it('makes a pull request, votes for it and merges it', async () => {
  expect(await call('get_repo_refs', { repoid: 'website' })).toMatchObject({
    branches: { main: expect.any(String) },
  });
  const refs = { source_ref: 'branch:feature', target_ref: 'branch:main' };
  const repos = { source_repo: 'website', target_repo: 'website' };
  const { pull_request_id: pullrequestid } = await call<{ pull_request_id: number }>('create_pull_request', {
    ...repos,
    ...refs,
    title: 'A feature',
  });
  const about = { repoid: 'website', pullrequestid };
  expect(await call('comment_pull_request', { ...about, status: 'approved' })).toMatchObject({
    pull_request_id: pullrequestid,
    status: { given: 'approved', was_changed: true },
  });
  expect(await call('merge_pull_request', about)).toMatchObject({ executed: true });
  expect(await call('get_pull_requests', { repoid: 'website' })).toEqual([]);
});
