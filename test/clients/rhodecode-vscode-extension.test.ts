import { describe, expect, it } from 'vitest';
import { createFeature } from './feature-branch.js';
import { RecordedClient, website } from './recorded-client.js';

const client = RecordedClient.of('rhodecode-4', async (gateway) => {
  await website(gateway);
  await createFeature(gateway);
});

/** isaackehle/rhodecode-vscode-extension 0.12.1: its id is always `"1"`, and everything but status 200 is fatal. */
async function ask<Result = Record<string, unknown>>(method: string, args: object): Promise<Result> {
  const { status, json } = await client.send<Result>({
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: '1', auth_token: client.key, method, args }),
  });
  expect(status).toBe(200);
  expect(json).toMatchObject({ id: '1', error: null });
  return json.result;
}

interface PullRequest {
  pull_request_id: number;
  mergeable: { status: unknown; message: string };
}
interface Comment {
  comment_id: number;
  comment_resolved_by: number | null;
}

describe('the connection', () => {
  it('is tested with the groups, by an ordinary user as well', async () => {
    await client.gateway.call('create_repo_group', { group_name: 'team' });
    expect(await ask('get_repo_groups', {})).toMatchObject([
      { group_id: expect.any(Number), group_name: 'team', parent_group: null },
    ]);
    const { key } = await client.gateway.createUser('reader');
    const { json } = await client.send({
      body: JSON.stringify({ id: '1', auth_token: key, method: 'get_repo_groups', args: {} }),
    });
    expect(json.result).toMatchObject([{ group_name: 'team' }]);
  });
});

describe('the repository of a clone', () => {
  it('is found by the address of its remote', async () => {
    expect(await ask('get_repos', {})).toMatchObject([
      {
        repo_id: expect.any(Number),
        repo_name: 'website',
        repo_type: 'git',
        clone_uri: 'http://gateway.test/website',
      },
    ]);
  });

  it('has branches to choose from', async () => {
    expect(await ask('get_repo_refs', { repoid: 'website' })).toMatchObject({
      branches: { main: expect.any(String), feature: expect.any(String) },
      bookmarks: {},
      tags: {},
    });
  });
});

describe('a pull request', () => {
  let repoid: number;
  let pullrequestid: number;
  const list = (status: string) => ask<PullRequest[]>('get_pull_requests', { repoid, status });
  const comments = () => ask<Comment[]>('get_pull_request_comments', { pullrequestid, repoid });
  const comment = (more: object) =>
    ask<Comment>('comment_pull_request', { repoid, pullrequestid, message: 'look', ...more });

  it('is opened from two branches', async () => {
    const [repo] = await ask<{ repo_id: number }[]>('get_repos', {});
    repoid = repo?.repo_id ?? 0;
    const made = await ask<{ msg: string; pull_request_id: number }>('create_pull_request', {
      source_repo: 'website',
      target_repo: 'website',
      source_ref: 'branch:feature',
      target_ref: 'branch:main',
      title: 'A feature',
    });
    expect(made.msg).toBe('Created new pull request `A feature`');
    pullrequestid = made.pull_request_id;
  });

  it('is listed with all that the tree shows', async () => {
    const side = (name: string) => ({
      clone_url: 'http://gateway.test/website',
      repository: 'website',
      reference: { name, type: 'branch', commit_id: expect.stringMatching(/^[0-9a-f]{40}$/) },
    });
    expect(await list('new')).toMatchObject([
      {
        pull_request_id: pullrequestid,
        url: expect.stringMatching(/^http:\/\/gateway\.test\/website\/pull-request\/\d+$/),
        title: 'A feature',
        status: 'new',
        review_status: expect.any(String),
        mergeable: { status: expect.anything(), message: expect.any(String) },
        source: side('feature'),
        target: side('main'),
        author: { username: 'admin' },
        reviewers: [],
      },
    ]);
    expect(await list('open')).toEqual([]);
    expect(await list('closed')).toEqual([]);
  });

  it('gathers comments, todos and what settles them', async () => {
    const { comment_id: todo } = await comment({ comment_type: 'todo' });
    expect((await comments()).find(({ comment_id }) => comment_id === todo)).toMatchObject({
      comment_type: 'todo',
      comment_text: 'look',
      comment_resolved_by: null,
      comment_f_path: null,
      comment_lineno: null,
      comment_status: {},
    });
    const settles = await comment({ message: 'done', resolves_comment_id: todo });
    const found = (await comments()).find(({ comment_id }) => comment_id === todo);
    expect(found?.comment_resolved_by).toBe(settles.comment_id);
    expect(await comment({ status: 'approved' })).toMatchObject({
      pull_request_id: pullrequestid,
      status: { given: 'approved', was_changed: true },
    });
  });

  it('is commented on a line of its commit, without the letter of the side', async () => {
    const { branches } = await ask<{ branches: Record<string, string> }>('get_repo_refs', { repoid });
    const commit_id = branches.feature;
    expect(
      await ask('comment_commit', {
        repoid,
        commit_id,
        message: 'why one?',
        filepath: 'feature',
        lineno: '1',
        comment_type: 'note',
      }),
    ).toMatchObject({
      msg: `Commented on commit \`${commit_id}\` for repository \`website\``,
      success: true,
    });
  });

  it('is merged, and closed by it', async () => {
    expect(await ask('merge_pull_request', { repoid, pullrequestid })).toMatchObject({
      executed: true,
      possible: true,
      failure_reason: 0,
      merge_commit_id: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    expect(await list('closed')).toMatchObject([{ pull_request_id: pullrequestid, status: 'closed' }]);
  });

  it('is not closed twice', async () => {
    const { json } = await client.send({
      body: JSON.stringify({
        id: '1',
        auth_token: client.key,
        method: 'close_pull_request',
        args: { repoid, pullrequestid },
      }),
    });
    expect(json.error).toBe(`pull request \`${pullrequestid}\` is already closed`);
  });
});
