import { Webhooks } from '@octokit/webhooks';
import {
  changesetCommented,
  pullRequestClosed,
  pullRequestCommented,
  pullRequestCommentUpdated,
  pullRequestCreated,
  pullRequestMerged,
  pullRequestReviewersChanged,
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

const changed = (contract: EventContract, change: object): EventContract => ({
  ...contract,
  example: { ...(contract.example as object), ...change },
});
const merged = pullRequestMerged.example.pull_request;
const ofRevisions = changed(pullRequestUpdated, { previous: { revisions: ['1'.repeat(40), OLD] } });
const ofFork = changed(pullRequestCreated, {
  pull_request: {
    ...pullRequestCreated.example.pull_request,
    org_repo_url: 'https://code.example.com/people/grace/parser',
  },
});

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
    expect(sent[0]?.headers).toMatchObject({
      'x-github-hook-id': expect.stringMatching(/^\d+$/),
      'x-github-hook-installation-target-type': 'repository',
      'x-github-hook-installation-target-id': '42',
    });
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

  it('tells of new commits with where they come from and lead to', async () => {
    const [sent] = await send(ofRevisions, { payload_format: 'github' });
    const { payload } = await octokit(sent as Sent);
    expect(payload).toMatchObject({
      action: 'synchronize',
      before: OLD,
      after: pullRequestUpdated.example.pull_request.org_ref_parts[2],
    });
  });

  it('tells where the commits of a fork are to be got', async () => {
    const [sent] = await send(ofFork, { payload_format: 'github' });
    expect(sent?.body).toMatchObject({
      pull_request: {
        head: {
          label: 'people/grace:exponents',
          repo: {
            full_name: 'people/grace/parser',
            clone_url: 'https://code.example.com/people/grace/parser',
            html_url: 'https://code.example.com/people/grace/parser',
            fork: true,
          },
        },
        base: { repo: { full_name: 'tools/parser', fork: false } },
      },
    });
  });

  it.each(['github', 'gitea', 'gitlab'])('tells of a merge once: %s', async (payload_format) => {
    const closed = changed(pullRequestClosed, { pull_request: merged });
    expect(await send(closed, { payload_format })).toEqual([]);
    expect(await send(pullRequestMerged, { payload_format })).toHaveLength(1);
    expect(await send(pullRequestClosed, { payload_format })).toHaveLength(1);
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
  const comment = (contract: EventContract, more: object) =>
    changed(contract, { comment: { ...(contract.example as { comment: object }).comment, ...more } });
  const review = (verdict: string) => [
    `pull_request_${verdict}`,
    `pull_request_review_${verdict}`,
    { action: 'reviewed', number: 7, review: { type: `pull_request_review_${verdict}` } },
  ];

  it.each([
    ['an opened pull request', pullRequestCreated, 'pull_request', 'pull_request', { action: 'opened' }],
    ['new commits', ofRevisions, 'pull_request', 'pull_request_sync', { action: 'synchronized' }],
    ['a merge', pullRequestMerged, 'pull_request', 'pull_request', { action: 'closed' }],
    [
      'a reviewer',
      pullRequestReviewersChanged,
      'pull_request',
      'pull_request_review_request',
      { action: 'review_requested', requested_reviewer: { login: 'edsger' } },
    ],
    ['a verdict', pullRequestStatusChanged, ...review('approved')],
    [
      'a comment on the whole',
      comment(pullRequestCommented, { f_path: null }),
      'issue_comment',
      'pull_request_comment',
      { action: 'created', is_pull: true, issue: { number: 7 }, comment: { body: expect.any(String) } },
    ],
    ['a comment on a line', comment(pullRequestCommented, { f_path: 'a.c' }), ...review('comment')],
    [
      'a comment on a line that was changed',
      comment(pullRequestCommentUpdated, { f_path: 'a.c' }),
      'issue_comment',
      'pull_request_comment',
      { action: 'edited', is_pull: true, issue: { number: 7 }, comment: { path: 'a.c' } },
    ],
  ] as [string, EventContract, string, string, object][])(
    'calls %s as Gitea does',
    async (_what, contract, name, kind, body) => {
      const [sent] = await send(contract, { payload_format: 'gitea' });
      for (const forge of ['gitea', 'gogs', 'github'])
        expect(sent?.headers).toMatchObject({
          [`x-${forge}-event`]: name,
          [`x-${forge}-event-type`]: kind,
          [`x-${forge}-delivery`]: sent?.headers['x-gitea-delivery'],
        });
      expect(sent?.headers['x-gogs-signature']).toBe(sent?.headers['x-gitea-signature']);
      expect(sent?.body).toMatchObject({ ...body, repository: { full_name: 'tools/parser' } });
    },
  );

  it('tells of each ref of a push by itself, with a pusher that has an account', async () => {
    const sent = await send(repoPushed, { payload_format: 'gitea' });
    expect(sent.map(({ body }) => body.ref)).toEqual(['refs/heads/main', 'refs/tags/v1']);
    expect(sent[0]?.headers).toMatchObject({ 'x-gitea-event': 'push', 'x-gitea-event-type': 'push' });
    expect(sent[0]?.body).toMatchObject({
      total_commits: 1,
      compare_url: expect.stringContaining(`${OLD}...${NEW}`),
      pusher: { login: 'ada', username: 'ada' },
      sender: { login: 'ada' },
      repository: { owner: { username: expect.any(String) } },
    });
  });

  it('sends a comment on a commit, which Gitea does not know, as it is', async () => {
    const [sent] = await send(changesetCommented, { payload_format: 'gitea' });
    expect(sent?.headers['x-gitea-event']).toBe('changeset.commented');
    expect(sent?.body.type).toBe('changeset.commented');
  });
});

describe('the format gitlab', () => {
  it('tells of pushes and tags', async () => {
    const [branch, tag] = await send(repoPushed, { payload_format: 'gitlab', token: 'shared-token' });
    expect(branch?.headers).toMatchObject({
      'x-gitlab-event': 'Push Hook',
      'x-gitlab-token': 'shared-token',
      'x-gitlab-instance': 'https://code.example.com',
      'x-gitlab-event-uuid': tag?.headers['x-gitlab-event-uuid'],
      'x-gitlab-webhook-uuid': tag?.headers['x-gitlab-webhook-uuid'],
    });
    expect(branch?.headers['idempotency-key']).not.toBe(tag?.headers['idempotency-key']);
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

describe('the format gitlab, of merge requests', () => {
  it.each([
    ['approved', 'approval'],
    ['rejected', 'unapproval'],
    ['under_review', 'update'],
  ])('calls the verdict %s %s', async (status, action) => {
    const contract = changed(pullRequestStatusChanged, {
      status: { ...pullRequestStatusChanged.example.status, status },
    });
    const [sent] = await send(contract, { payload_format: 'gitlab' });
    expect(sent?.body).toMatchObject({ object_attributes: { action } });
  });

  it('tells new commits from new words', async () => {
    const [commits] = await send(ofRevisions, { payload_format: 'gitlab' });
    expect(commits?.body).toMatchObject({ object_attributes: { action: 'update', oldrev: OLD } });
    const words = changed(pullRequestUpdated, { previous: { title: 'before' } });
    const [other] = await send(words, { payload_format: 'gitlab' });
    expect(other?.body).not.toHaveProperty('object_attributes.oldrev');
  });

  it('tells where the commits of a fork are to be got', async () => {
    const [sent] = await send(ofFork, { payload_format: 'gitlab' });
    expect(sent?.body).toMatchObject({
      object_attributes: {
        source: { git_http_url: 'https://code.example.com/people/grace/parser' },
        target: { path_with_namespace: 'tools/parser' },
      },
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
