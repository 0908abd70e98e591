import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { hasHg, WorkTree } from '../harness/repositories.js';

const types = ['git', ...(hasHg ? ['hg'] : [])] as ('git' | 'hg')[];
const withoutHg = hasHg ? '' : ' (hg is left out: Mercurial is not installed)';
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);

interface PullRequest {
  pull_request_id: number;
  status: string;
  revisions: string[];
  comments: { text: string; username: string }[];
  statuses: { status: string; reviewer: string }[];
}

describe.each(types)(`pull requests on %s${withoutHg}`, (type) => {
  const main = type === 'git' ? 'main' : 'default';
  let gateway: TestGateway;
  let owner: { key: string };
  let reviewer: { key: string };
  let stranger: { key: string };
  const revisions: Record<string, string> = {};
  const directory = (name: string) => join(gateway.settings.repoRoot, name);

  beforeAll(async () => {
    gateway = await startTestGateway();
    owner = await gateway.createUser('owner');
    reviewer = await gateway.createUser('reviewer');
    stranger = await gateway.createUser('stranger');
    await gateway.call('create_repo', { repo_name: 'proj', repo_type: type, private: true, owner: 'owner' });
    await gateway.call('grant_user_permission', {
      repoid: 'proj',
      userid: 'reviewer',
      perm: 'repository.read',
    });
    const tree = WorkTree.clone(type, directory('proj'));
    revisions.base = tree.commit('a.txt', 'a', 'base');
    tree.branch('feature');
    revisions.one = tree.commit('b.txt', 'b', 'one');
    revisions.two = tree.commit('c.txt', 'c', 'two');
    tree.push();
    tree.remove();
  });
  afterAll(() => gateway.close());

  const create = (more: object = {}, key = owner.key) =>
    gateway.call<{ pull_request_id: number; msg: string }>(
      'create_pull_request',
      {
        source_repo: 'proj',
        target_repo: 'proj',
        source_ref: 'branch:feature',
        target_ref: `branch:${main}`,
        title: 'Feature',
        ...more,
      },
      key,
    );
  const show = (id: number, key = owner.key) =>
    gateway.call<PullRequest>('get_pullrequest', { pullrequest_id: id }, key);

  it('hold the commits that only the source has, oldest first', async () => {
    const { pull_request_id, msg } = await create({ description: 'why', reviewers: ['reviewer'] });
    expect(msg).toBe('Created new pull request `Feature`');
    expect(await show(pull_request_id)).toEqual({
      pull_request_id,
      url: `/proj/pull-request/${pull_request_id}/_/feature`,
      reviewers: [{ username: 'reviewer' }],
      revisions: [revisions.one, revisions.two],
      owner: 'owner',
      title: 'Feature',
      description: 'why',
      org_repo_url: 'http://gateway.test/proj',
      org_ref_parts: ['branch', 'feature', revisions.two],
      other_ref_parts: ['branch', main, revisions.base],
      status: 'new',
      review_status: 'under_review',
      comments: [{ comment_id: expect.any(Number), username: 'owner', text: '', created_on: TIME }],
      statuses: [1, 2].map(() => ({ status: 'under_review', reviewer: 'owner', modified_at: TIME })),
      created_on: TIME,
      updated_on: TIME,
      merge_commit: null,
      merged_at: null,
    });
  });

  it('go from a fork to its parent', async () => {
    await gateway.call('fork_repo', { repoid: 'proj', fork_name: `fork-${type}` }, owner.key);
    const tree = WorkTree.clone(type, directory(`fork-${type}`));
    if (type === 'git') tree.branch('topic');
    const rawId = tree.commit('d.txt', 'd', 'in the fork');
    tree.push();
    tree.remove();
    const { pull_request_id } = await create({
      source_repo: `fork-${type}`,
      source_ref: `branch:${type === 'git' ? 'topic' : 'default'}:${rawId}`,
    });
    expect((await show(pull_request_id)).revisions).toEqual([rawId]);
  });

  it('take comments, votes of reviewers, and closing by the owner', async () => {
    const { pull_request_id } = await create({ reviewers: [{ username: 'reviewer' }] });
    const comment = (args: object, key: string) =>
      gateway.call<true>('comment_pullrequest', { pull_request_id, ...args }, key);
    expect(await comment({ comment_msg: 'looks good', status: 'approved' }, reviewer.key)).toBe(true);
    const voted = await show(pull_request_id, reviewer.key);
    expect(voted.comments.at(-1)).toMatchObject({ username: 'reviewer', text: 'looks good' });
    expect(voted.statuses.slice(2)).toEqual(
      [1, 2].map(() => ({ status: 'approved', reviewer: 'reviewer', modified_at: TIME })),
    );
    expect(await comment({ close_pr: true }, owner.key)).toBe(true);
    expect((await show(pull_request_id)).status).toBe('closed');
    expect(
      await gateway.refusal('comment_pullrequest', { pull_request_id, comment_msg: 'x' }, owner.key),
    ).toBe('pull request is already closed');
  });

  it('refuse with the documented words', async () => {
    const { pull_request_id } = await create();
    const refuse = (args: object, key: string) =>
      gateway.refusal('comment_pullrequest', { pull_request_id, ...args }, key);
    expect(await refuse({ close_pr: true }, reviewer.key)).toBe(
      'No permission to close pull request. User needs to be admin or owner.',
    );
    expect(await refuse({ status: 'approved' }, reviewer.key)).toBe(
      'No permission to change pull request status. User needs to be admin, owner or reviewer.',
    );
    expect(await refuse({ status: 'great' }, owner.key)).toContain('argument `status` must be one of');
    expect(await refuse({ comment_msg: 'hello' }, stranger.key)).toBe(
      `pull request \`${pull_request_id}\` does not exist`,
    );
    expect(await gateway.refusal('get_pullrequest', { pullrequest_id: 999 })).toBe(
      'pull request `999` does not exist',
    );
  });

  it('are not made from what is not there, or from nothing new', async () => {
    const refuse = (more: object, key = owner.key) =>
      create(more, key).then(
        () => 'created',
        (error: Error) => error.message.replace('create_pull_request: ', ''),
      );
    expect(await refuse({ source_ref: 'branch:none' })).toBe(
      'The specified value:branch:`none` does not exist, or is not allowed.',
    );
    expect(await refuse({ source_ref: '--output=x' })).toContain('given in a wrong format');
    expect(await refuse({ source_ref: 'branch:--output=x' })).toContain('does not exist, or is not allowed.');
    expect(await refuse({ source_ref: 'rev:1' })).toContain('type is not allowed');
    expect(await refuse({ source_ref: `branch:${main}` })).toBe(
      'no commits found for merge between specified references',
    );
    expect(await refuse({ reviewers: ['nobody'] })).toBe('user `nobody` does not exist');
    expect(await refuse({}, stranger.key)).toBe('repository `proj` does not exist');
  });

  it('stand in get_repo of their target', async () => {
    const repo = await gateway.call<{ pull_requests: PullRequest[] }>('get_repo', {
      repoid: 'proj',
      with_pullrequests: true,
    });
    expect(repo.pull_requests.length).toBeGreaterThan(2);
    expect(repo.pull_requests[0]).toMatchObject({ title: 'Feature', owner: 'owner' });
  });
});
