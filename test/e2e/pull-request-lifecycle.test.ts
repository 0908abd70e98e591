import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Database } from '../../src/database/database.js';
import { VersionControl } from '../../src/vcs/vcs.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { PullRequestStage, type Overview } from '../harness/pull-requests.js';
import { run } from '../harness/repositories.js';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);

let gateway: TestGateway;
let stage: PullRequestStage;
let id: number;

beforeAll(async () => {
  gateway = await startTestGateway();
  stage = await PullRequestStage.on(gateway, 'git');
  stage.push('topic', { 'topic.txt': 'x' });
});
afterAll(() => gateway.close());
beforeEach(async () => {
  id = await stage.open('topic', { description: 'why' });
});

const act = (method: string, args: object = {}, key = stage.keys.owner) =>
  gateway.call(method, { pullrequestid: id, ...args }, key);
const refusal = (method: string, args: object = {}, key = stage.keys.owner) =>
  gateway.refusal(method, { pullrequestid: id, ...args }, key);
const list = (args: object = {}, key = stage.keys.owner) =>
  gateway.call<Overview[]>('get_pull_requests', { repoid: 'proj', ...args }, key);
const ids = async (args: object = {}) => (await list(args)).map(({ pull_request_id }) => pull_request_id);

describe('get_pull_request', () => {
  it('shows all that clients read', async () => {
    const [commit] = (await stage.show(id)).commit_ids;
    const person = (username: string) => ({
      user_id: expect.any(Number),
      username,
      firstname: '',
      lastname: '',
      description: '',
      email: `${username}@example.com`,
      emails: [`${username}@example.com`],
    });
    const side = (name: string, commit_id: string | undefined) => ({
      clone_url: 'http://gateway.test/proj',
      repository: 'proj',
      reference: { name, type: 'branch', commit_id },
    });
    await gateway.call('edit_reviewers', { pull_request_id: id, add: 'reviewer' });
    expect(await act('get_pull_request', { repoid: 'proj' })).toEqual({
      pull_request_id: id,
      url: `http://gateway.test/proj/pull-request/${id}`,
      title: 'topic',
      description: 'why',
      status: 'new',
      state: 'created',
      created_on: TIME,
      updated_on: TIME,
      commit_ids: [commit],
      review_status: 'under_review',
      mergeable: { status: 'not_available', message: 'not_available' },
      source: side('topic', commit),
      target: side('main', stage.base),
      merge: { clone_url: null, reference: null },
      merge_commit: null,
      merged_at: null,
      author: person('owner'),
      reviewers: [{ user: person('reviewer'), reasons: [], review_status: 'not_reviewed' }],
    });
  });

  it('takes the id under every name that clients use', async () => {
    for (const name of ['pullrequestid', 'pull_request_id', 'pullrequest_id']) {
      const args = { [name]: String(id) };
      for (const method of ['get_pull_request', 'get_pullrequest'])
        expect(await gateway.call(method, args)).toMatchObject({ pull_request_id: id });
    }
    expect(await gateway.call('comment_pullrequest', { pullrequestid: id, comment_msg: 'x' })).toBe(true);
    for (const wrong of [0, -1, 99_999_999_999])
      expect(await refusal('get_pull_request', { pullrequestid: wrong })).toBe(
        `pull request \`${wrong}\` does not exist`,
      );
  });

  it('compares the repository that is named', async () => {
    expect(await refusal('get_pull_request', { repoid: 'none' })).toBe('repository `none` does not exist');
    await gateway.call('create_repo', { repo_name: `elsewhere-${id}`, repo_type: 'git' });
    expect(await refusal('get_pull_request', { repoid: `elsewhere-${id}` })).toBe(
      `pull request \`${id}\` does not exist`,
    );
    expect(await refusal('get_pull_request', {}, stage.keys.stranger)).toBe(
      `pull request \`${id}\` does not exist`,
    );
    expect(await refusal('get_pull_request', { repoid: 'proj' }, stage.keys.stranger)).toBe(
      'repository `proj` does not exist',
    );
  });

  it('heeds the scopes of a key', async () => {
    const keyFor = async (scopes: string[]) =>
      (await gateway.call<{ api_key: string }>('create_api_key', { description: 'x', scopes })).api_key;
    const scoped = await keyFor(['get_*', 'repo:other']);
    expect(await refusal('get_pull_request', {}, scoped)).toBe(
      'This API key lacks the scope for this repository',
    );
    expect(await act('get_pull_request', {}, await keyFor(['get_*', 'repo:proj']))).toMatchObject({
      pull_request_id: id,
    });
    expect(await refusal('close_pull_request', {}, await keyFor(['read']))).toContain('lacks the scope');
  });
});

describe('get_pull_requests', () => {
  it('lists by status, the newest first, in pages and by people', async () => {
    const second = await stage.open('topic', { reviewers: ['reviewer'] }, stage.keys.writer);
    await act('close_pull_request', { pullrequestid: second });
    const third = await stage.open('topic', { reviewers: ['reviewer'] }, stage.keys.writer);
    expect((await ids()).slice(0, 2)).toEqual([third, id]);
    expect(await ids({ status: 'closed' })).toContain(second);
    expect(await ids({ status: 'open' })).toEqual([]);
    expect((await ids({ status: 'all' })).slice(0, 3)).toEqual([third, second, id]);
    expect(await ids({ status: 'all', limit: 2, cursor: third })).toEqual([second, id]);
    expect(await ids({ status: 'all', author: 'writer' })).toEqual([third, second]);
    expect(await ids({ reviewer: 'reviewer', author: 'writer' })).toEqual([third]);
    for (const nobody of ['stranger', 'unknown']) expect(await ids({ reviewer: nobody })).toEqual([]);
  });

  it('needs read on the target', async () => {
    expect(await gateway.refusal('get_pull_requests', { repoid: 'proj' }, stage.keys.stranger)).toBe(
      'repository `proj` does not exist',
    );
    expect(await list({}, stage.keys.reviewer)).not.toEqual([]);
  });

  it('costs as many queries with many as with one, and asks no repository', async () => {
    const db = gateway.app.get(Database);
    const spies = [vi.spyOn(db, 'query'), vi.spyOn(db, 'prepared')];
    const backend = vi.spyOn(gateway.app.get(VersionControl), 'backend');
    const countFor = async (limit: number) => {
      for (const spy of spies) spy.mockClear();
      expect(await list({ status: 'all', limit, merge_state: true })).toHaveLength(limit);
      // Background work asks for other tables
      const texts = spies.flatMap((spy) => spy.mock.calls.map((call) => call.slice(0, 2).join(' ')));
      return texts.filter((text) => text.includes('pull_request')).length;
    };
    const few = await countFor(1);
    expect(few).toBeGreaterThan(0);
    for (let made = 0; made < 5; made += 1) await stage.open('topic', { reviewers: ['reviewer'] });
    backend.mockClear();
    expect(await countFor(6)).toBe(few);
    expect(backend).not.toHaveBeenCalled();
    for (const spy of [...spies, backend]) spy.mockRestore();
  });
});

describe('update_pull_request', () => {
  it('changes title and description, and leaves what is empty', async () => {
    const updated = await act('update_pull_request', { title: ' better ', description: '' });
    expect(updated).toMatchObject({
      msg: `Updated pull request \`${id}\``,
      pull_request: { title: 'better', description: 'why' },
      updated_commits: { added: [], common: [], removed: [] },
      updated_reviewers: { added: [], removed: [] },
      updated_observers: { added: [], removed: [] },
    });
    await act('update_pull_request', { title: 'better' });
    const events = await stage.events(id);
    expect(events.map(({ data: { previous } }) => previous)).toEqual([{ title: 'topic' }]);
  });

  it('replaces the reviewers, as names or as objects', async () => {
    const set = (reviewers: unknown[]) => act('update_pull_request', { reviewers });
    expect(await set(['reviewer'])).toMatchObject({
      updated_reviewers: { added: ['reviewer'], removed: [] },
    });
    expect(
      await set([
        { username: 'writer', reasons: ['knows it'], mandatory: true },
        { username: 'reviewer', role: 'observer' },
      ]),
    ).toMatchObject({ updated_reviewers: { added: ['writer'], removed: ['reviewer'] } });
    expect(await set([])).toMatchObject({ updated_reviewers: { added: [], removed: [] } });
    expect((await stage.show(id)).reviewers.map(({ user }) => user.username)).toEqual(['writer']);
    expect(await stage.eventTypes(id)).toEqual(['reviewers_changed', 'reviewers_changed']);
  });

  it('refuses with the documented words', async () => {
    expect(await refusal('update_pull_request', { title: 'x' }, stage.keys.reviewer)).toBe(
      `pull request \`${id}\` update failed, no permission to update.`,
    );
    expect(await refusal('update_pull_request', { reviewers: ['nobody'] })).toBe(
      'user `nobody` does not exist',
    );
    await act('update_pull_request', { title: 'by a writer' }, stage.keys.writer);
    await act('close_pull_request');
    expect(await refusal('update_pull_request', { title: 'x' })).toBe(
      `pull request \`${id}\` update failed, pull request is closed`,
    );
  });
});

describe('close_pull_request', () => {
  it('says a last word and sums the review up', async () => {
    expect(await act('close_pull_request', { message: 'not now' })).toEqual({
      pull_request_id: id,
      close_status: 'Rejected',
      closed: true,
    });
    expect((await stage.comments(id)).at(-1)).toMatchObject({
      comment_text: 'not now',
      comment_status: { status: 'rejected', status_lbl: 'Rejected' },
    });
    expect(await stage.eventTypes(id)).toEqual(['commented', 'status_changed', 'closed']);
    expect(await refusal('close_pull_request')).toBe(`pull request \`${id}\` is already closed`);
  });

  it('is approved when the reviewers approved', async () => {
    await gateway.call('edit_reviewers', { pull_request_id: id, add: 'reviewer' });
    await stage.comment(id, { status: 'approved' }, stage.keys.reviewer);
    expect(await act('close_pull_request', {}, stage.keys.writer)).toMatchObject({
      close_status: 'Approved',
    });
  });

  it('is for the author and for who writes to the target', async () => {
    expect(await refusal('close_pull_request', {}, stage.keys.reviewer)).toBe(
      `pull request \`${id}\` close failed, no permission to close.`,
    );
    expect(await refusal('close_pull_request', { userid: 'owner' }, stage.keys.writer)).toBe(
      'userid is not the same as your user',
    );
    expect(await refusal('close_pull_request', { userid: 'reviewer' })).toBe(
      `pull request \`${id}\` close failed, no permission to close.`,
    );
  });
});

describe('reopen_pull_request', () => {
  it('opens what was closed, with what the branch has now', async () => {
    stage.push('late', { 'late.txt': 'x' });
    id = await stage.open('late');
    await act('close_pull_request');
    const { commit_ids } = await stage.show(id);
    const [added] = stage.push('late', { 'later.txt': 'x' }, { from: 'late' });
    expect(await act('reopen_pull_request')).toEqual({ pull_request_id: id, status: 'new' });
    expect(await stage.show(id)).toMatchObject({ status: 'new', commit_ids: [...commit_ids, added] });
    expect((await stage.eventTypes(id)).slice(-2)).toEqual(['reopened', 'updated']);
    expect(await refusal('reopen_pull_request')).toBe(`pull request \`${id}\` is not closed`);
  });

  it('is not for readers, and not for what is merged', async () => {
    await act('close_pull_request');
    expect(await refusal('reopen_pull_request', {}, stage.keys.reviewer)).toBe(
      `pull request \`${id}\` reopen failed, no permission to reopen.`,
    );
    stage.push('merged', { 'merged.txt': 'x' });
    id = await stage.open('merged');
    await act('merge_pull_request');
    expect(await refusal('reopen_pull_request')).toBe(
      `pull request \`${id}\` is merged and cannot be reopened`,
    );
  });
});

describe('delete_pull_request', () => {
  it('takes comments, votes and kept commits along', async () => {
    await stage.comment(id, { message: 'x' });
    const refs = () =>
      run('git', stage.directory(), 'for-each-ref', '--format=%(refname)', `refs/pull/${id}/`);
    expect(refs()).toBe(`refs/pull/${id}/head`);
    expect(await act('delete_pull_request')).toEqual({
      msg: `Deleted pull request \`${id}\``,
      pull_request_id: id,
    });
    expect(refs()).toBe('');
    expect(await refusal('get_pull_request')).toBe(`pull request \`${id}\` does not exist`);
    const last = (await stage.events(id)).at(-1);
    expect(last).toMatchObject({ type: 'pull_request.deleted', data: { pull_request: { title: 'topic' } } });
  });

  it('is for the author and for administrators of the target, while it is open', async () => {
    expect(await refusal('delete_pull_request', {}, stage.keys.writer)).toBe(
      `pull request \`${id}\` delete failed, no permission to delete.`,
    );
    await act('close_pull_request');
    expect(await refusal('delete_pull_request')).toBe(
      `pull request \`${id}\` delete failed, pull request is closed`,
    );
    const ofWriter = await stage.open('topic', {}, stage.keys.writer);
    await act('delete_pull_request', { pullrequestid: ofWriter });
  });
});

describe('what a pull request depends on', () => {
  it('keeps its author, and lets reviewers and repositories go', async () => {
    const author = await gateway.createUser(`author-${id}`);
    const guest = await gateway.createUser(`guest-${id}`);
    await gateway.call('create_repo', { repo_name: `own-${id}`, repo_type: 'git' });
    const tree = { repo: `own-${id}` };
    run('git', stage.directory(), 'push', '-q', stage.directory(tree.repo), 'main', 'topic');
    const both = { source_repo: tree.repo, target_repo: tree.repo };
    id = await stage.open('topic', { ...both, reviewers: [guest.username] }, author.key);
    await stage.comment(id, { message: 'hello', status: 'approved' }, guest.key);

    await gateway.call('delete_user', { userid: guest.user_id });
    expect(await stage.show(id)).toMatchObject({ reviewers: [], review_status: 'under_review' });
    expect((await stage.comments(id)).map(({ comment_text }) => comment_text)).toEqual(['']);
    expect(await gateway.refusal('delete_user', { userid: author.user_id })).toContain('failed to delete');
    await gateway.call('delete_repo', { repoid: tree.repo });
    expect(await refusal('get_pull_request')).toBe(`pull request \`${id}\` does not exist`);
    await gateway.call('delete_user', { userid: author.user_id });
  });
});
