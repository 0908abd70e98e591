import { expect, it } from 'vitest';
import { createFeature } from './feature-branch.js';
import { RecordedClient, website } from './recorded-client.js';

const client = RecordedClient.of('rhodecode-4', async (gateway) => {
  await website(gateway);
  await createFeature(gateway);
});

/** dimsedane/vscode-rhodecode (2018), ancestor of the living extension: asks whether `error` is null, and reads `result`. */
async function ask<Result = Record<string, unknown>>(method: string, args: object): Promise<Result> {
  const { json } = await client.send<Result>({
    headers: {
      accept: 'application/json, text/plain, */*',
      'content-type': 'application/json;charset=utf-8',
      'user-agent': 'axios/0.18.0',
    },
    body: JSON.stringify({ id: '1', api_key: client.key, method, args }),
  });
  expect(json).toHaveProperty('error', null);
  return json.result;
}

it('opens, approves and merges a pull request', async () => {
  const refs = await ask<{ branches: Record<string, string> }>('get_repo_refs', { repoid: 'website' });
  expect(Object.keys(refs.branches).toSorted((one, other) => (one < other ? -1 : 1))).toEqual([
    'feature',
    'main',
  ]);
  const { pull_request_id: pullrequestid } = await ask<{ pull_request_id: number }>('create_pull_request', {
    source_repo: 'website',
    target_repo: 'website',
    source_ref: `branch:feature:${refs.branches.feature}`,
    target_ref: `branch:main:${refs.branches.main}`,
    title: 'A feature',
  });
  const list = () => ask<object[]>('get_pull_requests', { repoid: 'website' });
  expect(await list()).toMatchObject([
    { pull_request_id: pullrequestid, title: 'A feature', review_status: 'under_review' },
  ]);
  const approval = { repoid: 'website', pullrequestid, status: 'approved' };
  expect(await ask('comment_pull_request', approval)).toMatchObject({ status: { was_changed: true } });
  expect(await ask('merge_pull_request', { repoid: 'website', pullrequestid })).toMatchObject({
    executed: true,
  });
  expect(await list()).toEqual([]);
});
