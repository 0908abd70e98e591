import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { followEvents } from '../harness/recorded-events.js';
import { VcsSandbox } from '../harness/vcs-sandbox.js';

interface Comment {
  comment_id: number;
  comment_type: string;
  comment_text: string;
  comment_f_path: string | null;
  comment_lineno: string | null;
  comment_author: { username: string };
  comment_resolved_by: number | null;
  comment_commit_id: string;
}

let gateway: TestGateway;
let newEvents: Awaited<ReturnType<typeof followEvents>>;
const keys = {} as Record<'owner' | 'reader' | 'stranger', string>;
const repoid = 'commented';
const box = new VcsSandbox();
let commit_id: string;

beforeAll(async () => {
  gateway = await startTestGateway();
  for (const name of ['owner', 'reader', 'stranger'] as const)
    keys[name] = (await gateway.createUser(name)).key;
  await gateway.call('create_repo', { repo_name: repoid, repo_type: 'git', private: true, owner: 'owner' });
  await gateway.call('grant_user_permission', { repoid, userid: 'reader', perm: 'repository.read' });
  commit_id = await box.commit('git', join(gateway.settings.repoRoot, repoid), { file: 'a.txt' });
  newEvents = await followEvents(gateway);
});
afterAll(async () => {
  box.remove();
  await gateway.close();
});

const comment = (args: object, key = keys.reader) =>
  gateway.call<{ comment_id: number }>('comment_commit', { repoid, commit_id, ...args }, key);
const refuse = (args: object, key = keys.reader) =>
  gateway.refusal('comment_commit', { repoid, commit_id, message: 'x', ...args }, key);
const list = (args: object = {}, key = keys.reader) =>
  gateway.call<Comment[]>('get_repo_comments', { repoid, ...args }, key);

describe('comment_commit', () => {
  it('stands on a line, as editors send it', async () => {
    const { comment_id } = await comment({
      message: 'why?',
      filepath: 'a.txt',
      lineno: '1',
      comment_type: 'note',
    });
    expect(await gateway.call('get_comment', { comment_id }, keys.reader)).toMatchObject({
      comment_f_path: 'a.txt',
      comment_lineno: 'n1',
      comment_commit_id: commit_id,
      comment_author: { username: 'reader' },
    });
  });

  it('is a todo until another one settles it', async () => {
    await newEvents();
    const todo = await comment({ message: 'fix', comment_type: 'todo' });
    const note = await comment({ message: 'note' });
    expect(await refuse({ resolves_comment_id: note.comment_id })).toBe(
      `Comment \`${note.comment_id}\` is wrong type for setting status to resolved.`,
    );
    expect(await refuse({ resolves_comment_id: 99_999 })).toBe(
      'Invalid resolves_comment_id `99999` for this commit.',
    );
    const { comment_id: settles } = await comment({ message: 'done', resolves_comment_id: todo.comment_id });
    expect(await list({ comment_type: 'todo' })).toMatchObject([
      { comment_id: todo.comment_id, comment_resolved_by: settles },
    ]);
    const comments = (await newEvents()).map(({ data }) => data.comment);
    expect(comments).toMatchObject([
      { comment_type: 'todo', resolves_comment_id: null },
      { comment_type: 'note' },
      { comment_type: 'note', resolves_comment_id: todo.comment_id },
    ]);
  });

  it('is written for another by administrators of the repository only', async () => {
    expect(await refuse({ userid: 'owner' })).toBe('userid is not the same as your user');
    expect(await refuse({ userid: 'stranger' }, keys.owner)).toBe(
      `user \`stranger\` has no access to repository \`${repoid}\``,
    );
    expect(await refuse({ userid: 'reader', status: 'approved' }, keys.owner)).toContain(
      'User needs at least write permission',
    );
    await comment({ message: 'for him', userid: 'reader', extra_recipients: ['owner'] }, keys.owner);
    expect((await list()).at(-1)).toMatchObject({
      comment_text: 'for him',
      comment_author: { username: 'reader' },
    });
  });

  it('answers by its older name as well', async () => {
    const args = { repoid, revision: commit_id, message: 'old' };
    expect(await gateway.call('changeset_comment', args, keys.reader)).toMatchObject({ success: true });
  });
});

describe('get_repo_comments', () => {
  it('lists those on changesets and on pull requests into the repository, page by page', async () => {
    const directory = join(gateway.settings.repoRoot, repoid);
    await box.branchAt('git', directory, 'topic', commit_id);
    await box.commit('git', directory, { branch: 'topic', file: 'b.txt' });
    const fork = await gateway.call('fork_repo', { repoid, fork_name: 'commented-fork' }, keys.owner);
    expect(fork).toMatchObject({ success: true });
    const { pull_request_id: pullrequestid } = await gateway.call(
      'create_pull_request',
      {
        source_repo: 'commented-fork',
        target_repo: repoid,
        source_ref: 'branch:topic',
        target_ref: 'branch:main',
        title: 'topic',
      },
      keys.owner,
    );
    expect(
      await gateway.call('comment_pull_request', { pullrequestid, message: 'on the whole' }, keys.reader),
    ).toMatchObject({ status: { given: null, was_changed: false } });
    const all = await list();
    expect(all.at(-1)).toMatchObject({
      comment_text: 'on the whole',
      comment_pull_request_id: pullrequestid,
    });
    expect(await gateway.call('get_repo_comments', { repoid: 'commented-fork' }, keys.owner)).toEqual([]);
    expect(await list({ limit: 2, cursor: all[0]?.comment_id })).toEqual(all.slice(1, 3));
  });

  it('lists those of one user or on one changeset', async () => {
    const all = await list();
    expect(await list({ commit_id })).toEqual(all.filter((each) => each.comment_commit_id === commit_id));
    expect(await list({ userid: 'owner' })).toEqual(
      all.filter((each) => each.comment_author.username === 'owner'),
    );
    expect(await list({ userid: 'nobody' })).toEqual([]);
  });

  it('is hidden with its repository, each comment too', async () => {
    const hidden = `repository \`${repoid}\` does not exist`;
    expect(await gateway.refusal('get_repo_comments', { repoid }, keys.stranger)).toBe(hidden);
    const id = (await list())[0]?.comment_id;
    expect(await gateway.refusal('get_comment', { comment_id: id }, keys.stranger)).toBe(
      `comment \`${id}\` does not exist`,
    );
    expect(await gateway.refusal('get_comment', { comment_id: 0 }, keys.owner)).toBe(
      'comment `0` does not exist',
    );
  });
});
