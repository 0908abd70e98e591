import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { PullRequestStage } from '../harness/pull-requests.js';

const INVALID = "Invalid request. Neither 'add' nor 'remove' is specified.";
const NOT_ALLOWED =
  'No permission to edit reviewers of this pull request. User needs to be admin or pull request owner.';

let gateway: TestGateway;
let stage: PullRequestStage;
let id: number;

beforeAll(async () => {
  gateway = await startTestGateway();
  stage = await PullRequestStage.on(gateway, 'git');
  stage.push('topic', { 'new.txt': 'a\nb\n', 'shared.txt': 'one\n2\nthree\n' });
});
afterAll(() => gateway.close());
beforeEach(async () => {
  id = await stage.open('topic');
});

describe('edit_reviewers', () => {
  const edit = (args: object, key = stage.keys.owner) =>
    gateway.call<Record<string, string[]>>('edit_reviewers', { pull_request_id: id, ...args }, key);
  const refusal = (args: object, key = stage.keys.owner) =>
    gateway.refusal('edit_reviewers', { pull_request_id: id, ...args }, key);

  it('adds and removes, by name or id, one or many', async () => {
    const { user_id } = await gateway.call<{ user_id: number }>('get_user', { userid: 'writer' });
    expect(await edit({ add: 'reviewer' })).toEqual({
      added: ['reviewer'],
      already_present: [],
      removed: [],
    });
    expect(await edit({ add: [user_id, 'reviewer'] })).toEqual({
      added: ['writer'],
      already_present: ['reviewer'],
      removed: [],
    });
    expect(await edit({ add: user_id, remove: ['reviewer', 'stranger'] })).toEqual({
      added: [],
      already_present: ['writer'],
      removed: ['reviewer', 'stranger'],
    });
    expect((await stage.show(id)).reviewers.map(({ user }) => user.username)).toEqual(['writer']);
    const events = await stage.events(id);
    expect(events.map(({ data: { added, removed, previous } }) => ({ added, removed, previous }))).toEqual([
      { added: ['reviewer'], removed: [], previous: { reviewers: [] } },
      { added: ['writer'], removed: [], previous: { reviewers: [{ username: 'reviewer' }] } },
      {
        added: [],
        removed: ['reviewer'],
        previous: { reviewers: [{ username: 'reviewer' }, { username: 'writer' }] },
      },
    ]);
  });

  it('refuses with the documented words, and then changes nothing', async () => {
    expect(await refusal({})).toBe(INVALID);
    expect(await refusal({ pull_request_id: 999, add: 'reviewer' })).toBe(
      'pull request `999` does not exist',
    );
    expect(await refusal({ add: ['reviewer', 'nobody'] })).toBe('user `nobody` does not exist');
    expect(await refusal({ add: 'default' })).toBe('the default user cannot review');
    expect((await stage.show(id)).reviewers).toEqual([]);
    await gateway.call('close_pull_request', { pullrequestid: id }, stage.keys.owner);
    expect(await refusal({ add: 'reviewer' })).toBe('Cannot edit reviewers of a closed pull request.');
  });

  it('is for the owner and for administrators of the target', async () => {
    for (const key of [stage.keys.reviewer, stage.keys.writer])
      expect(await refusal({ add: 'writer' }, key)).toBe(NOT_ALLOWED);
    expect(await refusal({ add: 'writer' }, stage.keys.stranger)).toBe(
      `pull request \`${id}\` does not exist`,
    );
    await edit({ add: 'writer' }, stage.keys.admin);
    const ofWriter = await stage.open('topic', {}, stage.keys.writer);
    await edit({ pull_request_id: ofWriter, add: 'reviewer' }, stage.keys.writer);
    await edit({ pull_request_id: ofWriter, add: 'owner' }, stage.keys.owner);
  });
});

describe('the result of a review', () => {
  const vote = (status: string, key: string) => stage.comment(id, { status }, key);

  it('follows the reviewers: any rejection rejects, all must approve', async () => {
    await gateway.call('edit_reviewers', { pull_request_id: id, add: ['reviewer', 'writer'] });
    const results = [];
    for (const [status, key] of [
      ['approved', stage.keys.reviewer],
      ['rejected', stage.keys.writer],
      ['approved', stage.keys.owner],
      ['approved', stage.keys.writer],
      ['under_review', stage.keys.reviewer],
    ] as const) {
      await vote(status, key);
      const { review_status } = await stage.show(id);
      results.push(review_status);
      expect(await gateway.call('get_pullrequest', { pullrequest_id: id }, stage.keys.owner)).toMatchObject({
        review_status,
        status: 'new',
      });
    }
    expect(results).toEqual(['under_review', 'rejected', 'rejected', 'approved', 'under_review']);
    expect((await stage.show(id)).reviewers).toEqual([
      { user: expect.objectContaining({ username: 'reviewer' }), reasons: [], review_status: 'under_review' },
      { user: expect.objectContaining({ username: 'writer' }), reasons: [], review_status: 'approved' },
    ]);
  });

  it('counts a vote only of those who may vote', async () => {
    const answer = await gateway.call(
      'comment_pull_request',
      { pullrequestid: id, message: 'fine', status: 'approved' },
      stage.keys.reviewer,
    );
    expect(answer).toMatchObject({ status: { given: 'approved', was_changed: false } });
    expect(
      await gateway.refusal(
        'comment_pull_request',
        { pullrequestid: id, status: 'approved' },
        stage.keys.reviewer,
      ),
    ).toBe('No permission to change pull request status. User needs to be admin, owner or reviewer.');
    expect(
      await gateway.call(
        'comment_pull_request',
        { pullrequestid: id, status: 'approved' },
        stage.keys.writer,
      ),
    ).toMatchObject({ status: { given: 'approved', was_changed: true } });
  });
});

describe('comment_pull_request', () => {
  const refusal = (args: object, key = stage.keys.reviewer) =>
    gateway.refusal('comment_pull_request', { pullrequestid: id, ...args }, key);
  const shown = async () =>
    (await stage.comments(id))
      .filter(({ comment_text }) => comment_text !== '')
      .map(({ comment_text, comment_f_path, comment_lineno }) => [
        comment_text,
        comment_f_path,
        comment_lineno,
      ]);

  it('stands on a line, and an answer stands beside it', async () => {
    await stage.comment(id, { message: 'on the whole' });
    const first = await stage.comment(id, { message: 'why?', f_path: 'shared.txt', line_no: 'o2' });
    await stage.comment(id, { message: 'because', reply_to: first });
    await stage.comment(id, { message: 'new', f_path: 'new.txt', line_no: 'n1' });
    expect(await shown()).toEqual([
      ['why?', 'shared.txt', 'o2'],
      ['because', 'shared.txt', 'o2'],
      ['new', 'new.txt', 'n1'],
      ['on the whole', null, null],
    ]);
    const [, event] = await stage.events(id);
    expect(event).toMatchObject({
      type: 'pull_request.commented',
      data: { comment: { text: 'why?', f_path: 'shared.txt', line_no: 'o2', reply_to: null, version: 0 } },
    });
  });

  it('takes only lines of files that the pull request changes', async () => {
    const at = (f_path: string, line_no: string) => refusal({ message: 'x', f_path, line_no });
    expect(await at('other.txt', 'n1')).toBe(`pull request \`${id}\` does not change \`other.txt\``);
    expect(await at('new.txt', 'o1')).toBe('`new.txt` is added, it has no line `o1`');
    expect(await at('new.txt', '1')).toContain('argument `line_no` must be');
    expect(await refusal({ message: 'x', f_path: 'new.txt' })).toContain('go together');
    expect(await shown()).toEqual([]);
  });

  it('sets todos and settles them', async () => {
    const todo = await stage.comment(id, { message: 'explain', comment_type: 'todo' });
    const note = await stage.comment(id, { message: 'a note' });
    expect(await refusal({ message: 'x', resolves_comment_id: note })).toBe(
      `Comment \`${note}\` is wrong type for setting status to resolved.`,
    );
    const other = await stage.open('topic');
    const elsewhere = await stage.comment(other, { message: 'explain', comment_type: 'todo' });
    for (const wrong of [elsewhere, 999_999])
      expect(await refusal({ message: 'x', resolves_comment_id: wrong })).toBe(
        `Invalid resolves_comment_id \`${wrong}\` for this pull request.`,
      );
    expect(await refusal({ message: 'x', reply_to: elsewhere })).toBe(
      `Invalid reply_to \`${elsewhere}\` for this pull request.`,
    );
    const done = await stage.comment(id, { message: 'done', resolves_comment_id: todo });
    const found = (await stage.comments(id)).find(({ comment_id }) => comment_id === todo);
    expect(found).toMatchObject({ comment_type: 'todo', comment_resolved_by: done });
  });

  it('refuses with the documented words', async () => {
    expect(await refusal({})).toBe(
      'Both message and status parameters are missing. At least one is required.',
    );
    expect(await refusal({ status: 'great' })).toBe('Unknown comment status: `great`');
    expect(await refusal({ message: 'x', commit_id: stage.base })).toBe(
      `Invalid commit_id \`${stage.base}\` for this pull request.`,
    );
    expect(await refusal({ message: 'x', repoid: 'nope' })).toBe('repository `nope` does not exist');
    await gateway.call('create_repo', { repo_name: `other-${id}`, repo_type: 'git' });
    expect(await refusal({ message: 'x', repoid: `other-${id}` })).toBe(
      `pull request \`${id}\` does not exist`,
    );
    expect(await refusal({ message: 'x', userid: 'owner' })).toBe('userid is not the same as your user');
    expect(await refusal({ message: 'x' }, stage.keys.stranger)).toBe(
      `pull request \`${id}\` does not exist`,
    );
    await gateway.call('close_pull_request', { pullrequestid: id }, stage.keys.owner);
    expect(await refusal({ message: 'x' })).toBe(
      `pull request \`${id}\` comment failed, pull request is closed`,
    );
  });

  it('lets a vote on an older commit not count', async () => {
    const { commit_ids } = await stage.show(id);
    const older = commit_ids[0];
    const vote = { pullrequestid: id, status: 'approved', commit_id: older };
    expect(
      await gateway.call('comment_pull_request', { ...vote, message: 'ok' }, stage.keys.writer),
    ).toMatchObject({ status: { was_changed: false } });
    expect(await gateway.refusal('comment_pull_request', vote, stage.keys.writer)).toBe(
      `\`${older}\` is not the newest commit of this pull request.`,
    );
  });

  it('is written by an administrator in the name of somebody who can see it', async () => {
    await stage.comment(id, { message: 'for him', userid: 'reviewer' });
    const last = (await stage.comments(id)).at(-1);
    expect(last?.comment_author.username).toBe('reviewer');
    expect((await stage.events(id))[0]?.data.actor.username).toBe('owner');
  });

  it('takes what older clients send besides, and pages the list', async () => {
    const more = { send_email: false, extra_recipients: ['reviewer'], comment_type: null, status: null };
    const ids = [];
    for (const message of ['1', '2', '3']) ids.push(await stage.comment(id, { message, ...more }));
    const all = (await stage.comments(id)).map(({ comment_id }) => comment_id);
    expect(all.slice(1)).toEqual(ids);
    const page = await stage.comments(id, { limit: 2 });
    const rest = await stage.comments(id, { limit: 10, cursor: page.at(-1)?.comment_id });
    expect([...page, ...rest].map(({ comment_id }) => comment_id)).toEqual(all);
  });
});

describe('a comment', () => {
  const edit = (comment_id: number, args: object, key = stage.keys.reviewer) =>
    gateway.call<{ version: number; comment: Record<string, unknown> }>(
      'edit_comment',
      { comment_id, message: 'better', version: 0, ...args },
      key,
    );
  const refusal = (method: string, comment_id: number, args: object = {}, key = stage.keys.reviewer) =>
    gateway.refusal(method, { comment_id, ...args }, key);
  const text = { message: 'better', version: 0 };

  it('is edited by its author, version by version', async () => {
    const comment = await stage.comment(id, { message: 'good' }, stage.keys.reviewer);
    const { version, comment: shown } = await edit(comment, {});
    expect(version).toBe(1);
    expect(shown).toMatchObject({ comment_text: 'better', comment_last_version: 1 });
    expect(await refusal('edit_comment', comment, text)).toBe(`comment (${comment}) version (0) mismatch`);
    expect(await refusal('edit_comment', comment, { message: '', version: 1 })).toBe(
      `comment (${comment}) can't be changed with empty string`,
    );
    const answers = await Promise.allSettled([
      edit(comment, { version: 1, message: 'a' }),
      edit(comment, { version: 1, message: 'b' }),
    ]);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const [, event] = await stage.events(id);
    expect(event).toMatchObject({
      type: 'pull_request.comment_updated',
      data: { comment: { text: 'better', version: 1 }, previous: { text: 'good' } },
    });
  });

  it('is edited and deleted by its author and by administrators only', async () => {
    const comment = await stage.comment(id, { message: 'good' }, stage.keys.reviewer);
    expect(await refusal('edit_comment', comment, text, stage.keys.writer)).toBe(
      "you don't have access to edit this comment",
    );
    expect(await refusal('delete_comment', comment, {}, stage.keys.writer)).toBe(
      "you don't have access to delete this comment",
    );
    expect(await refusal('edit_comment', comment, { ...text, userid: 'owner' })).toBe(
      'userid is not the same as your user',
    );
    for (const method of ['edit_comment', 'delete_comment']) {
      const args = method === 'edit_comment' ? text : {};
      expect(await refusal(method, comment, args, stage.keys.stranger)).toBe(
        `comment \`${comment}\` does not exist`,
      );
      expect(await refusal(method, 999_999, args)).toBe('comment `999999` does not exist');
    }
    await edit(comment, {}, stage.keys.owner);
    await gateway.call('delete_comment', { comment_id: comment }, stage.keys.owner);
    expect((await stage.comments(id)).map(({ comment_id }) => comment_id)).not.toContain(comment);
    expect((await stage.events(id)).at(-1)).toMatchObject({
      type: 'pull_request.comment_deleted',
      data: { comment: { comment_id: comment, text: 'better' } },
    });
  });

  it('leaves its answers and its vote behind, and a todo that it settled open', async () => {
    await gateway.call('edit_reviewers', { pull_request_id: id, add: 'reviewer' });
    const vote = await stage.comment(id, { message: 'yes', status: 'approved' }, stage.keys.reviewer);
    const answer = await stage.comment(id, { message: 'thanks', reply_to: vote });
    const todo = await stage.comment(id, { message: 'x', comment_type: 'todo' });
    const done = await stage.comment(id, { message: 'done', resolves_comment_id: todo });
    for (const comment_id of [vote, done]) await gateway.call('delete_comment', { comment_id });
    expect((await stage.show(id)).review_status).toBe('approved');
    const left = await stage.comments(id);
    expect(left.map(({ comment_id }) => comment_id)).toEqual(expect.arrayContaining([answer, todo]));
    expect(left.find(({ comment_id }) => comment_id === todo)?.comment_resolved_by).toBeNull();
  });

  it('stays on a closed pull request', async () => {
    const comment = await stage.comment(id, { message: 'good' }, stage.keys.reviewer);
    await gateway.call('close_pull_request', { pullrequestid: id }, stage.keys.owner);
    expect(await refusal('delete_comment', comment)).toBe(
      `comment (${comment}) can't be deleted, pull request is closed`,
    );
  });
});
