import { Webhooks } from '@octokit/webhooks';
import {
  changesetCommented,
  pullRequestClosed,
  pullRequestCommented,
  pullRequestCreated,
  pullRequestMerged,
  pullRequestStatusChanged,
  pullRequestUpdated,
  gistCreated,
  repoCreated,
  type EventContract,
} from 'forgegate/sdk';
import { deliverContext, FakeHttp, setUpPlugin } from 'forgegate/sdk/testing';
import { describe, expect, it } from 'vitest';
import plugin from './index.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OLD = '1b9f3ad6c2e4f5061728394a5b6c7d8e9f001122';
const NEW = 'aa'.repeat(20);

const ref = (type: string, name: string) => ({
  type,
  name,
  old: OLD,
  new: NEW,
  created: false,
  deleted: false,
  forced: false,
  commits: [
    {
      raw_id: NEW,
      short_id: NEW.slice(0, 12),
      parents: [OLD],
      author: 'Ada Lovelace <ada@example.com>',
      date: '2026-03-05T16:40:02Z',
      message: 'Parse exponents\n\nAlso capital ones.',
      branch: null,
      added: ['a.c'],
      changed: ['b.c'],
      removed: ['c.c'],
      truncated: false,
    },
  ],
  commit_count: 1,
});
/** `repo.pushed` with a branch and a tag. */
const repoPushed = {
  type: 'repo.pushed',
  version: 1,
  summary: '',
  schema: {},
  example: {
    repository: repoCreated.example.repository,
    repo: repoCreated.example.repo,
    source: 'push',
    refs: [ref('branch', 'main'), ref('tag', 'v1')],
    ref_count: 2,
  },
} as EventContract;

interface Sent {
  url: string;
  headers: Record<string, string>;
  text: string;
  body: Record<string, unknown>;
}

async function send(
  contract: EventContract,
  config: object,
  url = 'https://ci.example.com/hook',
): Promise<Sent[]> {
  const http = new FakeHttp();
  const { adapter } = await setUpPlugin(plugin);
  const endpoint = { url, config: config as Record<string, unknown>, secrets: [SECRET] };
  const outcome = await adapter('webhook').deliver(deliverContext({ contract, http, endpoint }));
  expect(outcome.outcome).toBe('delivered');
  return http.requests.map(({ url: to, request }) => {
    const text = String(request.body);
    return {
      url: to,
      headers: request.headers as Record<string, string>,
      text,
      body: JSON.parse(text) as never,
    };
  });
}

/** What a program made with Octokit hears; throws when name, id, signature or payload are not as it wants them. */
async function octokit({ headers, text }: Sent): Promise<{ name: string; payload: Record<string, unknown> }> {
  const webhooks = new Webhooks({ secret: SECRET });
  return new Promise((resolve, reject) => {
    webhooks.onAny(({ name, payload }) => resolve({ name, payload: payload as never }));
    webhooks.onError(reject);
    webhooks
      .verifyAndReceive({
        id: headers['x-github-delivery'] ?? '',
        name: (headers['x-github-event'] ?? '') as never,
        signature: headers['x-hub-signature-256'] ?? '',
        payload: text,
      })
      .catch(reject);
  });
}

describe('the format github', () => {
  it.each([
    [
      pullRequestCreated,
      'pull_request',
      { action: 'opened', pull_request: { state: 'open', merged: false } },
    ],
    [pullRequestUpdated, 'pull_request', { action: 'synchronize' }],
    [pullRequestMerged, 'pull_request', { action: 'closed', pull_request: { merged: true } }],
    [pullRequestClosed, 'pull_request', { action: 'closed', pull_request: { state: 'closed' } }],
    [pullRequestStatusChanged, 'pull_request_review', { action: 'submitted' }],
    [changesetCommented, 'commit_comment', { action: 'created', comment: { body: expect.any(String) } }],
  ] as [EventContract, string, object][])('is heard by Octokit: %o', async (contract, name, payload) => {
    const [sent] = await send(contract, { payload_format: 'github' });
    const heard = await octokit(sent as Sent);
    expect(heard.name).toBe(name);
    expect(heard.payload).toMatchObject({
      ...payload,
      repository: { full_name: repoCreated.example.repository.repo_name, clone_url: expect.any(String) },
      sender: { login: 'ada' },
    });
  });

  it('tells of each ref of a push by itself', async () => {
    const sent = await send(repoPushed, { payload_format: 'github' });
    const heard = await Promise.all(sent.map(octokit));
    expect(heard.map(({ name, payload }) => [name, payload.ref])).toEqual([
      ['push', 'refs/heads/main'],
      ['push', 'refs/tags/v1'],
    ]);
    expect(heard[0]?.payload).toMatchObject({
      before: OLD,
      after: NEW,
      created: false,
      deleted: false,
      pusher: { name: 'ada' },
      head_commit: { id: NEW, author: { name: 'Ada Lovelace', email: 'ada@example.com' } },
      commits: [{ added: ['a.c'], modified: ['b.c'], removed: ['c.c'] }],
    });
    expect(new Set(sent.map(({ headers }) => headers['x-github-delivery'])).size).toBe(2);
    expect(new Set(sent.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('tells of a comment on the whole and of one on a line', async () => {
    const { example } = pullRequestCommented;
    const on = (more: object) =>
      ({
        ...pullRequestCommented,
        example: { ...example, comment: { ...example.comment, ...more } },
      }) as EventContract;
    const whole = await octokit(
      (await send(on({ f_path: null, line_no: null }), { payload_format: 'github' }))[0] as Sent,
    );
    expect(whole).toMatchObject({
      name: 'issue_comment',
      payload: { action: 'created', issue: { pull_request: {} } },
    });
    const line = await octokit(
      (await send(on({ f_path: 'a.c', line_no: 'n12' }), { payload_format: 'github' }))[0] as Sent,
    );
    expect(line).toMatchObject({
      name: 'pull_request_review_comment',
      payload: { comment: { path: 'a.c', line: 12 } },
    });
  });

  it('sends what it has no words for as it is', async () => {
    const [sent] = await send(gistCreated, { payload_format: 'github' });
    expect(sent?.headers['x-github-event']).toBe('gist.created');
    expect(sent?.body.type).toBe('gist.created');
    expect((await octokit(sent as Sent)).name).toBe('gist.created');
  });
});

describe('compatible headers', () => {
  it('stand beside a body of our own, so that its receivers can verify it their way too', async () => {
    const [sent] = await send(pullRequestCreated, { compat_headers: ['github', 'gitea'] });
    expect(sent?.body.type).toBe('pull_request.created');
    expect((await octokit(sent as Sent)).name).toBe('pull_request');
    const signature = sent?.headers['x-hub-signature-256']?.slice('sha256='.length);
    expect(sent?.headers).toMatchObject({
      'x-gitea-event': 'pull_request',
      'x-gitea-signature': signature,
      'x-gitea-delivery': sent?.headers['x-github-delivery'],
      'webhook-signature': expect.stringMatching(/^v1,/),
    });
  });

  it('are left out unless asked for', async () => {
    const [sent] = await send(pullRequestCreated, {});
    expect(Object.keys(sent?.headers ?? {}).filter((name) => /^x-|idempotency/.test(name))).toEqual([]);
  });
});

describe('the format gitea', () => {
  it('has its headers and GitHub’s', async () => {
    const [sent] = await send(repoPushed, { payload_format: 'gitea' });
    expect(sent?.headers).toMatchObject({ 'x-gitea-event': 'push', 'x-github-event': 'push' });
    expect(sent?.body).toMatchObject({
      ref: 'refs/heads/main',
      pusher: { name: 'ada' },
      repository: { full_name: expect.any(String), owner: { username: expect.any(String) } },
    });
  });
});

describe('the format gitlab', () => {
  it('tells of pushes and tags', async () => {
    const [branch, tag] = await send(repoPushed, { payload_format: 'gitlab', token: 'shared-token' });
    expect(branch?.headers).toMatchObject({
      'x-gitlab-event': 'Push Hook',
      'x-gitlab-token': 'shared-token',
    });
    expect(branch?.body).toMatchObject({
      object_kind: 'push',
      event_name: 'push',
      ref: 'refs/heads/main',
      before: OLD,
      after: NEW,
      checkout_sha: NEW,
      user_username: 'ada',
      total_commits_count: 1,
      project: { path_with_namespace: expect.any(String), git_http_url: expect.any(String) },
      commits: [{ id: NEW, title: 'Parse exponents', author: { email: 'ada@example.com' } }],
    });
    expect(tag?.headers['x-gitlab-event']).toBe('Tag Push Hook');
    expect(tag?.body).toMatchObject({ object_kind: 'tag_push', ref: 'refs/tags/v1' });
  });

  it('tells of merge requests and notes', async () => {
    const [merge] = await send(pullRequestMerged, { payload_format: 'gitlab' });
    expect(merge?.headers['x-gitlab-event']).toBe('Merge Request Hook');
    expect(merge?.body).toMatchObject({
      object_kind: 'merge_request',
      object_attributes: { action: 'merge', state: 'merged', source_branch: expect.any(String), iid: 7 },
    });
    const [note] = await send(pullRequestCommented, { payload_format: 'gitlab' });
    expect(note?.body).toMatchObject({
      object_kind: 'note',
      object_attributes: { noteable_type: 'MergeRequest', note: expect.any(String) },
      merge_request: { iid: 7 },
    });
  });
});

describe('the format rhodecode', () => {
  const url =
    'https://ci.example.com/job/${repo_name}/${branch}/${commit_id}?pr=${pull_request_id}&x=${nothing}';

  it('wraps the event with the token, and fills the URL in, once for each branch of a push', async () => {
    const sent = await send(repoPushed, { payload_format: 'rhodecode', token: 'shared-token' }, url);
    const name = encodeURIComponent(repoCreated.example.repository.repo_name);
    expect(sent.map(({ url: to }) => to)).toEqual([
      `https://ci.example.com/job/${name}/main/${NEW}?pr=&x=`,
      `https://ci.example.com/job/${name}//${NEW}?pr=&x=`,
    ]);
    expect(sent[0]?.body).toMatchObject({
      token: 'shared-token',
      event: {
        name: 'repo-push',
        actor: { username: 'ada' },
        push: { branches: [{ name: 'main' }], tags: [{ name: 'v1' }] },
      },
    });
    const [pull] = await send(pullRequestCreated, { payload_format: 'rhodecode' }, url);
    expect(pull?.body).toMatchObject({
      event: { name: 'pullrequest-create', pullrequest: { pull_request_id: 7 } },
    });
    expect(pull?.url).toContain('?pr=7&');
  });
});

describe('what a subscription writes itself', () => {
  it('headers', async () => {
    const [sent] = await send(pullRequestCreated, { headers: { 'X-Team': 'core' }, method: 'PUT' });
    expect(sent?.headers['X-Team']).toBe('core');
  });

  it('a body by a template, with values that stay inside their quotes, signed as it is sent', async () => {
    const template =
      '{"text": "{{data.actor.username}}: {{data.pull_request.title}}", "n": {{data.pull_request.pull_request_id}}}';
    const contract = {
      ...pullRequestCreated,
      example: {
        ...pullRequestCreated.example,
        pull_request: {
          ...pullRequestCreated.example.pull_request,
          title: 'Say "hi", \\ {{data}} </script>',
        },
      },
    } as EventContract;
    const [sent] = await send(contract, { body_template: template, compat_headers: ['github'] });
    expect(sent?.body).toEqual({ text: 'ada: Say "hi", \\ {{data}} </script>', n: 7 });
    await octokit(sent as Sent);
  });

  it('nothing that JavaScript knows and the event does not', async () => {
    const template =
      '["{{constructor}}{{toString}}{{type.repeat}}", "{{#type.constructor.constructor}}x{{/type.constructor.constructor}}",' +
      ' "{{#data.pull_request.revisions}}{{.}}{{type}};{{/data.pull_request.revisions}}", {{type.length}}]';
    const [sent] = await send(pullRequestCreated, { body_template: template });
    const { type, example } = pullRequestCreated;
    const revisions = example.pull_request.revisions.map((revision) => `${revision}${type};`).join('');
    expect(sent?.body).toEqual(['', '', revisions, type.length]);
  });

  it('a URL by a template, with values that stay where they stand', async () => {
    const contract = {
      ...pullRequestCreated,
      example: {
        ...pullRequestCreated.example,
        pull_request: { ...pullRequestCreated.example.pull_request, title: 'a/../b?c={{type}}&d#\ud800' },
      },
    } as EventContract;
    const url =
      'https://ci.example.com/{{type}}/{{data.pull_request.title}}?n={{data.pull_request.pull_request_id}}{{nothing}}';
    const [sent] = await send(contract, {}, url);
    expect(sent?.url).toBe(
      'https://ci.example.com/pull_request.created/a%2F..%2Fb%3Fc%3D%7B%7Btype%7D%7D%26d%23%EF%BF%BD?n=7',
    );
  });

  it.each([
    [{ url: 'https://${repo_name}.example.com/', config: {} }, /behind the host/],
    [{ url: 'https://{{type}}.example.com/', config: {} }, /behind the host/],
    [{ url: 'https://a.example/${branch}', config: {} }, /^url: \$\{branch\} is for .*rhodecode/],
    [{ url: 'https://a.example/{{type', config: {} }, /^url: Unclosed tag/],
    [{ url: 'https://a.example/', config: { body_template: '{{#a}}' } }, /body_template/],
    [{ url: 'https://a.example/', config: { headers: { 'webhook-id': 'x' } } }, /webhook-id/],
    [{ url: 'https://a.example/', config: { headers: { 'a b': 'x' } } }, /no name of a header/],
  ])('is refused when it cannot work: %j', async (endpoint, words) => {
    const { adapter } = await setUpPlugin(plugin);
    expect(adapter('webhook').check?.(endpoint as never)).toMatch(words);
  });
});
