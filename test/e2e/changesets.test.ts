import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localSeconds } from '../../src/rpc/wire-date.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { followEvents, type RecordedEvent } from '../harness/recorded-events.js';
import { hasHg, REPO_TYPES, skippedTitle, VcsSandbox } from '../harness/vcs-sandbox.js';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
/** When the sandbox makes its first commit; a minute lies between two. */
const FIRST = 1_700_000_060;
const dateOf = (index: number) => localSeconds(new Date((FIRST + 60 * index) * 1000));

interface Changeset {
  raw_id: string;
  revision: number;
}

let gateway: TestGateway;
/** What was recorded since it was last asked. */
let events: () => Promise<RecordedEvent[]>;
const users = {} as Record<'owner' | 'reader' | 'writer' | 'stranger', { user_id: number; key: string }>;
beforeAll(async () => {
  gateway = await startTestGateway();
  for (const name of ['owner', 'reader', 'writer', 'stranger'] as const)
    users[name] = await gateway.createUser(name);
  events = await followEvents(gateway);
});
afterAll(() => Promise.all([gateway.close(), VcsSandbox.end()]));

async function createRepo(repo_name: string, repo_type: string) {
  await gateway.call('create_repo', { repo_name, repo_type, private: true, owner: 'owner' });
  for (const [userid, perm] of [
    ['reader', 'repository.read'],
    ['writer', 'repository.write'],
  ]) {
    await gateway.call('grant_user_permission', { repoid: repo_name, userid, perm });
  }
  return join(gateway.settings.repoRoot, repo_name);
}

describe.each(REPO_TYPES)('changesets', (type) => {
  describe.skipIf(type === 'hg' && !hasHg)(skippedTitle(type), () => {
    const repoid = `history-${type}`;
    const main = type === 'git' ? 'main' : 'default';
    const box = new VcsSandbox();
    /** On the main branch: 0 and 1. On `topic`, which left it at 0: 2 and 3. */
    let ids: string[];

    beforeAll(async () => {
      const directory = await createRepo(repoid, type);
      const commit = (message: string, file: string, branch?: string) =>
        box.commit(type, directory, {
          message,
          file,
          author: 'Zoë Å <zoe@example.com>',
          ...(branch && { branch }),
        });
      const base = await commit('base', 'a.txt');
      const second = await commit('second', 'a.txt');
      await box.branchAt(type, directory, 'topic', base);
      ids = [base, second, await commit('third', 'c.txt', 'topic'), await commit('fourth', 'd.txt', 'topic')];
      await box.tag(type, directory, 'v1', second);
    });
    afterAll(() => box.remove());

    const list = async (args: object = {}, key = users.reader.key) => {
      const found = await gateway.call<Changeset[]>('get_changesets', { repoid, ...args }, key);
      return found.map(({ raw_id, revision }) => {
        expect(ids[revision]).toBe(raw_id);
        return revision;
      });
    };
    const get = (args: object, key = users.reader.key) =>
      gateway.call<Record<string, unknown>>('get_changeset', { repoid, ...args }, key);
    const refuseList = (args: object, key = users.reader.key) =>
      gateway.refusal('get_changesets', { repoid, ...args }, key);

    describe('get_changesets', () => {
      it('lists everything, oldest first, authors as text', async () => {
        const [first] = await gateway.call<object[]>('get_changesets', { repoid }, users.reader.key);
        expect(first).toEqual({
          short_id: ids[0]?.slice(0, 12),
          raw_id: ids[0],
          revision: 0,
          message: 'base',
          date: dateOf(0),
          author: 'Zoë Å <zoe@example.com>',
        });
        expect(await list()).toEqual([0, 1, 2, 3]);
      });

      it('takes bounds, a branch, dates, a maximum and the order together', async () => {
        const topic = type === 'git' ? [0, 2, 3] : [2, 3];
        expect(await list({ start: ids[1], end: ids[2] })).toEqual([1, 2]);
        expect(await list({ start: ids[1]?.slice(0, 8), end: 'topic' })).toEqual([1, 2, 3]);
        expect(await list({ start: 1, end: -2 })).toEqual([1, 2]);
        expect(await list({ start: 'v1', end: 'v1' })).toEqual([1]);
        expect(await list({ branch_name: 'topic' })).toEqual(topic);
        expect(await list({ branch_name: 'topic', end: '2', reverse: true })).toEqual(
          topic.slice(0, -1).toReversed(),
        );
        expect(await list({ start_date: dateOf(1), end_date: dateOf(2) })).toEqual([1, 2]);
        expect(await list({ max_revisions: 2 })).toEqual([2, 3]);
        expect(await list({ max_revisions: '2', reverse: 'true' })).toEqual([3, 2]);
        expect(await list({ max_revisions: 1, branch_name: main })).toEqual([1]);
        expect(await list({ max_revisions: 0, start: null, end_date: null })).toEqual([0, 1, 2, 3]);
      });

      it('shows files on request', async () => {
        const found = await gateway.call<{ added: string[]; changed: string[]; removed: string[] }[]>(
          'get_changesets',
          { repoid, with_file_list: true },
        );
        expect(found.map(({ added, changed, removed }) => [added, changed, removed])).toEqual([
          [['a.txt'], [], []],
          [[], ['a.txt'], []],
          [['c.txt'], [], []],
          [['d.txt'], [], []],
        ]);
      });

      it('comes in pages', async () => {
        expect(await list({ limit: 3 })).toEqual([0, 1, 2]);
        expect(await list({ limit: 3, cursor: ids[2] })).toEqual([3]);
        expect(await list({ limit: 2, cursor: ids[2], reverse: true })).toEqual([1, 0]);
      });

      it('says what is wrong', async () => {
        expect(await refuseList({ start: 'nope' })).toBe('revision `nope` does not exist');
        expect(await refuseList({ end: '--all' })).toBe('revision `--all` does not exist');
        expect(await refuseList({ branch_name: 'nope' })).toBe('branch `nope` does not exist');
        expect(await refuseList({ start: 2, end: 1 })).toBe('start `2` comes after end `1`');
        expect(await refuseList({ start_date: '2024-01-01' })).toBe(
          'argument `start_date` must be a date in the format YYYY-MM-DDTHH:MM:SS (server time)',
        );
        expect(await refuseList({ max_revisions: 'many' })).toContain('argument `max_revisions` must be');
        expect(await refuseList({}, users.stranger.key)).toBe(`repository \`${repoid}\` does not exist`);
        await gateway.call('create_repo', { repo_name: `empty-${type}`, repo_type: type });
        for (const args of [{}, { branch_name: 'x' }, { start: '0' }]) {
          expect(await refuseList({ repoid: `empty-${type}`, ...args })).toBe('Repository is empty');
        }
      });
    });

    describe('get_changeset', () => {
      it('shows the author in parts and the files', async () => {
        const expected = {
          short_id: ids[1]?.slice(0, 12),
          raw_id: ids[1],
          revision: 1,
          message: 'second',
          date: dateOf(1),
          author: { name: 'Zoë Å', email: 'zoe@example.com' },
          added: [],
          changed: ['a.txt'],
          removed: [],
        };
        for (const raw_id of [ids[1], ids[1]?.slice(0, 12), 'v1', 1, '1', -3]) {
          expect(await get({ raw_id })).toEqual(expected);
        }
        expect(await get({ raw_id: 'topic' })).toMatchObject({ revision: 3 });
      });

      it('says when there is none', async () => {
        const refuse = (args: object, key = users.reader.key) =>
          gateway.refusal('get_changeset', { repoid, ...args }, key);
        const missing = 'deadbeef'.repeat(5);
        expect(await refuse({ raw_id: missing })).toBe(`Changeset ${missing} does not exist`);
        expect(await refuse({ raw_id: '--help' })).toBe('Changeset --help does not exist');
        expect(await refuse({ raw_id: 99 })).toBe('Changeset 99 does not exist');
        expect(await refuse({ repoid: `empty-${type}`, raw_id: 'tip' })).toBe('Changeset tip does not exist');
        expect(await refuse({ raw_id: ids[0] }, users.stranger.key)).toBe(
          `repository \`${repoid}\` does not exist`,
        );
      });
    });

    describe('reviews', () => {
      const comment = (args: object, key = users.reader.key) =>
        gateway.call<{ comment_id: number | null }>('comment_changeset', { repoid, ...args }, key);
      const refuse = (args: object, key = users.reader.key) =>
        gateway.refusal('comment_changeset', { repoid, raw_id: ids[1], ...args }, key);

      it('are comments of readers, on the whole or on a line, and tell of themselves', async () => {
        await events();
        const raw_id = ids[1]?.slice(0, 10);
        const whole = await comment({ raw_id, comment_msg: 'nice' });
        expect(whole).toEqual({
          msg: `Commented on changeset \`${ids[1]}\` for repository \`${repoid}\``,
          comment_id: expect.any(Number),
          status_change: null,
          success: true,
        });
        const line = await comment(
          { raw_id, comment_msg: 'why?', f_path: 'a.txt', line_no: 'o1' },
          users.owner.key,
        );
        await comment({ raw_id, comment_msg: 'because', f_path: 'a.txt', line_no: 'o1' });
        await comment({ raw_id, comment_msg: 'new', f_path: 'a.txt', line_no: 'n1' });
        const view = (text: string, username: string) => ({
          comment_id: expect.any(Number),
          username,
          text,
          created_on: TIME,
        });
        expect(await get({ raw_id: 'v1', with_comments: true, with_inline_comments: true })).toMatchObject({
          comments: [view('nice', 'reader')],
          inline_comments: [
            [
              'a.txt',
              { o1: [view('why?', 'owner'), view('because', 'reader')], n1: [view('new', 'reader')] },
            ],
          ],
        });
        expect(await get({ raw_id: ids[0], with_comments: true, with_inline_comments: true })).toMatchObject({
          comments: [],
          inline_comments: [],
        });
        const recorded = await events();
        expect(recorded.map(({ type: kind }) => kind)).toEqual(Array(4).fill('changeset.commented'));
        expect(recorded[1]?.data).toMatchObject({
          repository: { repo_name: repoid, repo_type: type },
          actor: { username: 'owner', user_id: users.owner.user_id },
          changeset: { raw_id: ids[1], message: 'second', date: expect.stringMatching(/Z$/) },
          comment: { comment_id: line.comment_id, text: 'why?', f_path: 'a.txt', line_no: 'o1' },
        });
      });

      it('are votes of writers; the last one counts', async () => {
        await events();
        const set = (status: string, key: string) =>
          gateway.call('set_changeset_status', { repoid, raw_id: ids[1], status }, key);
        expect(await get({ raw_id: ids[1], with_reviews: true })).toMatchObject({ reviews: [] });
        expect(await set('under_review', users.writer.key)).toEqual({
          msg: `Set status of changeset \`${ids[1]}\` for repository \`${repoid}\` to \`under_review\``,
          status: { status: 'under_review', reviewer: 'writer', modified_at: TIME },
          success: true,
        });
        await comment({ raw_id: 'v1', comment_msg: 'yes', status: 'approved' }, users.owner.key);
        await comment({ raw_id: 'v1', status: 'rejected' }, users.writer.key);
        expect(await get({ raw_id: 1, with_reviews: true, with_comments: true })).toMatchObject({
          reviews: [{ status: 'rejected', reviewer: 'writer', modified_at: TIME }],
          comments: [{ text: 'nice' }, { text: 'yes' }],
        });
        const changes = (await events()).filter(({ type: kind }) => kind === 'changeset.status_changed');
        expect(changes.map(({ data }) => [data.status, data.previous])).toEqual([
          [expect.objectContaining({ status: 'under_review', reviewer: 'writer' }), { status: null }],
          [expect.objectContaining({ status: 'approved', reviewer: 'owner' }), { status: 'under_review' }],
          [expect.objectContaining({ status: 'rejected', reviewer: 'writer' }), { status: 'approved' }],
        ]);
      });

      it('given at once follow each other, and one of them counts', async () => {
        await events();
        const votes = ['approved', 'rejected', 'approved', 'under_review', 'rejected', 'not_reviewed'];
        const cast = votes.map((status) =>
          gateway.call('set_changeset_status', { repoid, raw_id: ids[2], status }, users.writer.key),
        );
        await Promise.all(cast);
        const changes = await events();
        expect(changes).toHaveLength(votes.length);
        const given = changes.map(({ data }) => data.status?.status);
        const before = changes.map(({ data }) => data.previous?.status);
        expect(before).toEqual([null, ...given.slice(0, -1)]);
        expect(await get({ raw_id: ids[2], with_reviews: true })).toMatchObject({
          reviews: [{ status: given.at(-1) }],
        });
      });

      it('are refused with a reason', async () => {
        expect(await refuse({})).toBe('comment_msg is empty, and no status is given');
        expect(await refuse({ comment_msg: 'x', status: 'approved' })).toBe(
          'No permission to change changeset status. User needs at least write permission to the repository.',
        );
        expect(await refuse({ comment_msg: 'x', status: 'great' }, users.owner.key)).toContain(
          'argument `status` must be one of',
        );
        expect(await refuse({ comment_msg: 'x', f_path: 'a.txt' })).toBe(
          '`f_path` and `line_no` go together: a comment on a line needs both',
        );
        expect(await refuse({ comment_msg: 'x', f_path: 'a.txt', line_no: 'x12' })).toContain(
          '`line_no` must be',
        );
        expect(await refuse({ comment_msg: 'x', f_path: 'c.txt', line_no: 'n1' })).toBe(
          'the changeset does not touch `c.txt`',
        );
        expect(await refuse({ raw_id: ids[0], comment_msg: 'x', f_path: 'a.txt', line_no: 'o1' })).toBe(
          '`a.txt` has no line `o1`',
        );
        expect(await refuse({ raw_id: 'nope', comment_msg: 'x' })).toBe('Changeset nope does not exist');
        const hidden = `repository \`${repoid}\` does not exist`;
        expect(await refuse({ comment_msg: 'x' }, users.stranger.key)).toBe(hidden);
        const vote = { repoid, raw_id: ids[1], status: 'approved' };
        expect(await gateway.refusal('set_changeset_status', vote, users.reader.key)).toBe(hidden);
        expect(
          await gateway.refusal('set_changeset_status', { ...vote, status: 'fine' }, users.writer.key),
        ).toContain('argument `status` must be one of');
      });
    });
  });
});
