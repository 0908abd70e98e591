import { beforeAll, describe, expect, it } from 'vitest';
import { createFeature } from './feature-branch.js';
import { RecordedClient, website } from './recorded-client.js';

const client = RecordedClient.of('rhodecode-4', async (gateway) => {
  await website(gateway);
  await createFeature(gateway);
});

/** The liveliest client of the field: axios, the id is always "1", any status but 200 is the end. */
async function call<Result = Record<string, unknown>>(method: string, args: object = {}): Promise<Result> {
  const { status, json } = await client.send<Result>({
    headers: { accept: 'application/json, text/plain, */*', 'content-type': 'application/json' },
    body: JSON.stringify({ id: '1', api_key: client.key, method, args }),
  });
  expect(status).toBe(200);
  expect(json).toMatchObject({ id: '1', error: null });
  return json.result;
}

interface Repo {
  repo_id: number;
}

describe('finding its repository', () => {
  it('tries the connection with groups', async () => {
    await client.gateway.call('create_repo_group', { group_name: 'team' });
    expect(await call('get_repo_groups')).toEqual([
      expect.objectContaining({ group_id: expect.any(Number), group_name: 'team', parent_group: null }),
    ]);
  });

  it('offers branches', async () => {
    expect(await call('get_repo_refs', { repoid: 'website' })).toMatchObject({
      branches: { main: expect.any(String), feature: expect.any(String) },
    });
  });
});

describe('pull requests', () => {
  let repoid = 0;
  let pullrequestid = 0;
  beforeAll(async () => {
    const [repo] = await call<Repo[]>('get_repos');
    repoid = repo?.repo_id ?? 0;
    const made = await call<{ pull_request_id: number }>('create_pull_request', {
      source_repo: 'website',
      target_repo: 'website',
      source_ref: 'branch:feature',
      target_ref: 'branch:main',
      title: 'A feature',
    });
    pullrequestid = made.pull_request_id;
  });

  it.each(['new', 'open', 'closed'])('are listed by status %s', async (status) => {
    const pullRequests = await call<object[]>('get_pull_requests', { repoid, status });
    if (status === 'new') {
      expect(pullRequests).toMatchObject([
        {
          pull_request_id: pullrequestid,
          url: expect.stringContaining(`/pull-request/${pullrequestid}`),
          title: 'A feature',
          status: 'new',
          review_status: expect.any(String),
          mergeable: { status: expect.anything(), message: expect.any(String) },
          source: {
            clone_url: expect.any(String),
            repository: 'website',
            reference: { name: 'feature', type: 'branch' },
          },
          target: { repository: 'website', reference: { name: 'main', commit_id: expect.any(String) } },
          author: { username: 'admin' },
          reviewers: expect.any(Array),
        },
      ]);
    } else expect(pullRequests).toEqual([]);
  });

  it('get comments, todos and what settles them', async () => {
    const remark = { repoid, pullrequestid };
    const todo = await call<{ comment_id: number }>('comment_pull_request', {
      ...remark,
      message: 'Mend this',
      comment_type: 'todo',
    });
    await call('comment_pull_request', {
      ...remark,
      message: 'Mended',
      resolves_comment_id: todo.comment_id,
      status: 'approved',
    });
    const comments = await call<{ comment_id: number }[]>('get_pull_request_comments', remark);
    expect(comments.find(({ comment_id }) => comment_id === todo.comment_id)).toMatchObject({
      comment_type: 'todo',
      comment_text: 'Mend this',
      comment_resolved_by: expect.anything(),
      comment_f_path: null,
      comment_lineno: null,
      comment_status: {},
    });
  });

  it('are merged', async () => {
    expect(await call('merge_pull_request', { repoid, pullrequestid })).toMatchObject({ executed: true });
    expect(await call('get_pull_requests', { repoid, status: 'closed' })).toMatchObject([
      { status: 'closed' },
    ]);
  });
});

describe('a commit', () => {
  it('gets a comment beside a line', async () => {
    const { branches } = await call<{ branches: Record<string, string> }>('get_repo_refs', {
      repoid: 'website',
    });
    const commented = await call('comment_commit', {
      repoid: 'website',
      commit_id: branches.feature,
      message: 'Why?',
      filepath: 'feature',
      lineno: 'n1',
      comment_type: 'note',
    });
    expect(commented).toMatchObject({ comment_id: expect.any(Number), success: true });
  });
});
