import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { PullRequestStage, TYPES, WITHOUT_HG } from '../harness/pull-requests.js';
import { run } from '../harness/repositories.js';

interface Merged {
  executed: boolean;
  possible: boolean;
  failure_reason: number;
  merge_commit_id: string;
  merge_ref: { type: string; name: string; commit_id: string };
}

describe.each(TYPES)(`merging pull requests on %s${WITHOUT_HG}`, (type) => {
  let gateway: TestGateway;
  let stage: PullRequestStage;

  beforeAll(async () => {
    gateway = await startTestGateway();
    stage = await PullRequestStage.on(gateway, type);
    await gateway.call('update_user', { userid: 'writer', firstname: 'Wanda', lastname: 'Writer' });
  });
  afterAll(() => gateway.close());

  const merge = (id: number, key = stage.keys.writer, more: object = {}) =>
    gateway.call<Merged>('merge_pull_request', { pullrequestid: id, ...more }, key);
  const refusal = (id: number, key = stage.keys.writer, more: object = {}) =>
    gateway.refusal('merge_pull_request', { pullrequestid: id, ...more }, key);
  const failing = async (id: number, key = stage.keys.writer) => {
    const { mergeable } = await stage.show(id, { merge_state: true }, key);
    return mergeable.checks.filter(({ passed }) => !passed).map(({ name }) => name);
  };
  const parentsOf = (id: string, repo = 'proj') =>
    type === 'git'
      ? run('git', stage.directory(repo), 'show', '-s', '--format=%P', id).split(' ')
      : run('hg', stage.directory(repo), 'log', '-r', id, '-T', '{p1node} {p2node}').split(' ');

  it('makes a merge commit by the one who merges, and closes', async () => {
    const [theirs] = stage.push('topic', { 'topic.txt': 'x' });
    const [ours] = stage.push(stage.main, { 'main.txt': 'x' });
    const id = await stage.open('topic');
    const { mergeable } = await stage.show(id, { merge_state: true }, stage.keys.writer);
    expect(mergeable).toMatchObject({ status: true, message: 'The pull request can be merged.' });
    expect(await failing(id)).toEqual(['target_moved']);
    expect((await stage.show(id)).mergeable).toEqual({ status: 'not_available', message: 'not_available' });

    const merged = await merge(id);
    expect(merged).toMatchObject({
      executed: true,
      possible: true,
      failure_reason: 0,
      merge_ref: { type: 'branch', name: stage.main, commit_id: merged.merge_commit_id },
    });
    expect(await stage.head()).toBe(merged.merge_commit_id);
    expect(parentsOf(merged.merge_commit_id)).toEqual([ours, theirs]);
    expect(await stage.show(id)).toMatchObject({
      status: 'closed',
      merge_commit: merged.merge_commit_id,
      merged_at: expect.stringMatching(/^\d{4}-/),
    });
    const { last_changeset } = await gateway.call<{ last_changeset: Record<string, string> }>('get_repo', {
      repoid: 'proj',
    });
    expect(last_changeset).toMatchObject({
      raw_id: merged.merge_commit_id,
      author: 'Wanda Writer <writer@example.com>',
      message: expect.stringMatching(new RegExp(`^Merge pull request #${id} from proj topic\n\ntopic`)),
    });
    expect(await stage.eventTypes(id)).toEqual(['merged', 'closed']);
    const [event] = await stage.events(id);
    expect(event?.data).toMatchObject({
      actor: { username: 'writer' },
      repository: { repo_name: 'proj' },
      pull_request: {
        status: 'closed',
        merge_commit: merged.merge_commit_id,
        merged_at: expect.stringMatching(/Z$/),
      },
    });
    expect(await refusal(id)).toBe('merge not possible for following reasons: This pull request is closed.');
  });

  it('takes the commits of a fork over', async () => {
    await gateway.call('fork_repo', { repoid: 'proj', fork_name: 'fork' }, stage.keys.owner);
    const [added] = stage.push(stage.main, { 'forked.txt': 'x' }, { repo: 'fork' });
    stage.push(stage.main, { 'meanwhile.txt': 'x' });
    const id = await stage.open(stage.main, { source_repo: 'fork' });
    expect((await stage.show(id)).commit_ids).toEqual([added]);
    const { merge_commit_id } = await merge(id);
    expect(parentsOf(merge_commit_id)[1]).toBe(added);
    expect(await stage.head()).toBe(merge_commit_id);
    expect(await stage.head('fork')).toBe(added);
  });

  it('needs write on the target', async () => {
    stage.push('reader', { 'reader.txt': 'x' });
    const id = await stage.open('reader');
    expect(await refusal(id, stage.keys.reviewer)).toBe(
      'merge not possible for following reasons: User `reviewer` not allowed to perform merge.',
    );
    expect(await refusal(id, stage.keys.stranger)).toBe(`pull request \`${id}\` does not exist`);
    expect(await refusal(id, stage.keys.writer, { repoid: 'none' })).toBe('repository `none` does not exist');
    expect(await failing(id, stage.keys.reviewer)).toContain('permission');
  });

  it('lets an administrator of the target merge for somebody else, with his rights', async () => {
    stage.push('acting', { 'acting.txt': 'x' });
    const id = await stage.open('acting');
    expect(await refusal(id, stage.keys.writer, { userid: 'owner' })).toBe(
      'userid is not the same as your user',
    );
    expect(await refusal(id, stage.keys.owner, { userid: 'nobody' })).toBe('user `nobody` does not exist');
    expect(await refusal(id, stage.keys.owner, { userid: 'stranger' })).toBe(
      `user \`stranger\` has no access to pull request \`${id}\``,
    );
    expect(await refusal(id, stage.keys.owner, { userid: 'reviewer' })).toContain('`reviewer` not allowed');
    const { merge_commit_id } = await merge(id, stage.keys.owner, { userid: 'writer' });
    const { last_changeset } = await gateway.call<{ last_changeset: Record<string, string> }>('get_repo', {
      repoid: 'proj',
    });
    expect(last_changeset).toMatchObject({
      raw_id: merge_commit_id,
      author: 'Wanda Writer <writer@example.com>',
    });
    expect((await stage.events(id))[0]?.data.actor.username).toBe('owner');
  });

  it('waits for reviewers, todos and the title, and names all reasons', async () => {
    stage.push('waiting', { 'waiting.txt': 'x' });
    const id = await stage.open('waiting', { title: 'WIP: waiting', reviewers: ['reviewer'] });
    const todo = await stage.comment(id, { message: 'explain this', comment_type: 'todo' });
    expect(await failing(id)).toEqual(['wip', 'review', 'todo']);
    expect(await refusal(id)).toBe(
      'merge not possible for following reasons: WIP marker in title prevents from accidental merge.,' +
        'Pull request reviewer approval is pending.,Cannot merge, 1 TODO still not resolved.',
    );
    await gateway.call('update_pull_request', { pullrequestid: id, title: 'ready' }, stage.keys.owner);
    await stage.comment(id, { message: 'done', resolves_comment_id: todo });
    await stage.comment(id, { status: 'rejected' }, stage.keys.reviewer);
    expect(await refusal(id)).toContain('A reviewer rejected the pull request.');
    await stage.comment(id, { status: 'approved' }, stage.keys.reviewer);
    expect(await failing(id)).toEqual([]);
    expect((await merge(id)).executed).toBe(true);
  });

  it('is refused on conflicts, which are named, and changes nothing', async () => {
    stage.push('conflicting', { 'shared.txt': 'theirs\n' });
    const [ours] = stage.push(stage.main, { 'shared.txt': 'ours\n' });
    const id = await stage.open('conflicting');
    expect(await failing(id)).toEqual(['conflict', 'target_moved']);
    expect(await refusal(id)).toBe(
      'merge not possible for following reasons: There are conflicts in `shared.txt`.',
    );
    expect(await stage.head()).toBe(ours);
    expect(await stage.show(id)).toMatchObject({ status: 'new', merge_commit: null });
    expect(await stage.eventTypes(id)).toEqual([]);
  });

  it('merges each of several at once, one after the other', async () => {
    const ids: number[] = [];
    for (const name of ['first', 'second', 'third']) {
      stage.push(name, { [`${name}.txt`]: 'x' });
      ids.push(await stage.open(name));
    }
    const merged = await Promise.all(ids.map((id) => merge(id)));
    const head = await stage.head();
    expect(new Set(merged.map(({ merge_commit_id }) => merge_commit_id)).size).toBe(3);
    expect(merged.map(({ merge_commit_id }) => merge_commit_id)).toContain(head);
    for (const { merge_commit_id } of merged) {
      const contained =
        type === 'git'
          ? run('git', stage.directory(), 'merge-base', merge_commit_id, head)
          : run(
              'hg',
              stage.directory(),
              'log',
              '-r',
              `ancestor(${merge_commit_id}, ${head})`,
              '-T',
              '{node}',
            );
      expect(contained).toBe(merge_commit_id);
    }
  });

  it('merges once, however often it is asked at once', async () => {
    stage.push('once', { 'once.txt': 'x' });
    const id = await stage.open('once');
    const answers = await Promise.allSettled([merge(id), merge(id), merge(id)]);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await stage.eventTypes(id)).toEqual(['merged', 'closed']);
    expect((await stage.show(id)).merge_commit).toBe(await stage.head());
  });

  it('records what was merged by hand without another commit', async () => {
    const [added] = stage.push('by-hand', { 'hand.txt': 'x' });
    const id = await stage.open('by-hand');
    if (type === 'git') run('git', stage.directory(), 'update-ref', 'refs/heads/main', added ?? '');
    else {
      const clone = `${stage.directory()}-hand`;
      run('hg', gateway.settings.repoRoot, 'clone', '-q', stage.directory(), clone);
      run('hg', clone, 'merge', '-q', '-r', added ?? '');
      run('hg', clone, 'commit', '-q', '-m', 'by hand');
      run('hg', clone, 'push', '-q', stage.directory());
    }
    const head = await stage.head();
    const { merge_commit_id } = await merge(id);
    expect(merge_commit_id).toBe(head);
    expect(await stage.head()).toBe(head);
    expect(await stage.show(id)).toMatchObject({ status: 'closed', merge_commit: head });
  });

  it('waits while somebody else holds the target locked', async () => {
    stage.push('locked', { 'locked.txt': 'x' });
    const id = await stage.open('locked');
    await gateway.call('lock', { repoid: 'proj', locked: true, userid: 'owner' });
    expect(await refusal(id)).toBe(
      'merge not possible for following reasons: The target repository is locked by `owner`.',
    );
    expect((await merge(id, stage.keys.owner)).executed).toBe(true);
    await gateway.call('lock', { repoid: 'proj', locked: false });
  });

  it('says when the target is gone', async () => {
    if (type === 'hg') return;
    stage.push('gone', { 'gone.txt': 'x' });
    stage.push('homeless', { 'homeless.txt': 'x' });
    const id = await stage.open('homeless', { target_ref: 'branch:gone' });
    run('git', stage.directory(), 'update-ref', '-d', 'refs/heads/gone');
    expect(await refusal(id)).toBe(
      'merge not possible for following reasons: The target branch does not exist.',
    );
  });
});
