import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { PullRequestStage } from '../harness/pull-requests.js';

const TEMPLATE = 'ssh://{user}@git.{netloc}:22/_{repoid}/{repo}';

let gateway: TestGateway;
let stage: PullRequestStage;
let id: number;
let expected: string;
beforeAll(async () => {
  gateway = await startTestGateway();
  stage = await PullRequestStage.on(gateway, 'git');
  stage.push('topic', { 'a.txt': 'a\n' });
  const { repo_id } = await gateway.call<{ repo_id: number }>('get_repo', { repoid: 'proj' });
  expected = `ssh://git.gateway.test:22/_${repo_id}/proj`;
  await gateway.call('update_settings', { clone_uri_tmpl: TEMPLATE });
  id = await stage.open('topic');
});
afterAll(() => gateway.close());

describe('where to clone from, by the template', () => {
  const keyOf = async (dialect: string) =>
    (await gateway.call<{ api_key: string }>('create_api_key', { description: dialect, dialect })).api_key;

  it.each(['kallithea', 'kallithea-2019', 'rhodecode-4'])(
    'is shown of a pull request (%s)',
    async (dialect) => {
      const key = await keyOf(dialect);
      const old = await gateway.call<{ org_repo_url: string }>(
        'get_pullrequest',
        { pullrequest_id: id },
        key,
      );
      expect(old.org_repo_url).toBe(expected);
      const both = await gateway.call<Record<'source' | 'target', { clone_url: string }>>(
        'get_pull_request',
        { pullrequestid: id, repoid: 'proj' },
        key,
      );
      expect([both.source.clone_url, both.target.clone_url]).toEqual([expected, expected]);
    },
  );

  it('is shown of a repository, and in what webhooks send', async () => {
    expect(await gateway.call('get_repo', { repoid: 'proj' })).toMatchObject({ clone_url: expected });
    await stage.comment(id, { message: 'hello' });
    const [event] = await stage.events(id);
    expect(event?.data).toMatchObject({
      repository: { clone_url: expected },
      pull_request: { org_repo_url: expected },
    });
  });
});
