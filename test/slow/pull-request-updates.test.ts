import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf, Client } from '../harness/client.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { PullRequestStage, TYPES, WITHOUT_HG, type Overview } from '../harness/pull-requests.js';
import { run } from '../harness/repositories.js';

interface Updated {
  msg: string;
  pull_request: Overview;
  updated_commits: Record<'added' | 'common' | 'removed' | 'total', string[]>;
  updated_reviewers: { added: string[]; removed: string[] };
}

describe.each(TYPES)(`updating pull requests on %s${WITHOUT_HG}`, (type) => {
  let gateway: TestGateway;
  let stage: PullRequestStage;

  beforeAll(async () => {
    gateway = await startTestGateway();
    stage = await PullRequestStage.on(gateway, type);
  });
  afterAll(() => gateway.close());

  const update = (id: number, args: object = { update_commits: true }, key = stage.keys.owner) =>
    gateway.call<Updated>('update_pull_request', { pullrequestid: id, ...args }, key);

  it('take over new commits of the source branch, which have to be reviewed again', async () => {
    const first = stage.push('grows', { 'one.txt': 'x' });
    const id = await stage.open('grows', { reviewers: ['reviewer'] });
    await stage.comment(id, { status: 'approved' }, stage.keys.reviewer);
    expect((await stage.show(id)).review_status).toBe('approved');
    const second = stage.push('grows', { 'two.txt': 'x', 'three.txt': 'x' }, { from: 'grows' });
    expect((await stage.show(id)).commit_ids).toEqual(first);

    const { updated_commits, pull_request } = await update(id);
    const all = [...first, ...second];
    expect(updated_commits).toEqual({ added: second, common: first, removed: [], total: all });
    expect(pull_request).toMatchObject({ commit_ids: all, review_status: 'under_review' });
    expect(pull_request.source.reference.commit_id).toBe(second.at(-1));
    expect((await stage.comments(id)).at(-1)?.comment_text).toBe(
      'Updated: 2 commits added, 0 commits removed.',
    );
    expect((await stage.events(id)).at(-1)).toMatchObject({
      type: 'pull_request.updated',
      data: {
        pull_request: { revisions: all },
        previous: { revisions: first, org_ref_parts: ['branch', 'grows', first[0]] },
      },
    });

    const again = await update(id);
    expect(again.updated_commits).toEqual({ added: [], common: all, removed: [], total: all });
    expect((await stage.eventTypes(id)).filter((each) => each === 'updated')).toHaveLength(1);
  });

  it('keep their votes when only the target goes on', async () => {
    stage.push('stands', { 'stands.txt': 'x' });
    const id = await stage.open('stands', { reviewers: ['reviewer'] });
    await stage.comment(id, { status: 'approved' }, stage.keys.reviewer);
    const [ours] = stage.push(stage.main, { [`ours-${id}.txt`]: 'x' });
    expect((await stage.show(id, { merge_state: true })).mergeable.checks.at(-1)).toMatchObject({
      name: 'source_moved',
      passed: true,
    });
    expect((await update(id)).updated_commits.added).toEqual([]);
    expect((await stage.show(id)).review_status).toBe('approved');
    expect(await stage.head()).toBe(ours);
  });

  it('follow a pull of their source, and stay when the source branch is gone', async () => {
    await gateway.call('fork_repo', { repoid: 'proj', fork_name: 'mirror' }, stage.keys.owner);
    const [first] = stage.push('pulled', { 'p1.txt': 'x' });
    await gateway.call('pull', { repoid: 'mirror' });
    const id = await stage.open('pulled', { source_repo: 'mirror' });
    const [second] = stage.push('pulled', { 'p2.txt': 'x' }, { from: 'pulled' });
    await gateway.call('pull', { repoid: 'mirror' });
    expect((await stage.show(id)).commit_ids).toEqual([first, second]);
    expect(await stage.eventTypes(id)).toEqual(['updated']);

    if (type === 'hg') return;
    run('git', stage.directory('mirror'), 'update-ref', '-d', 'refs/heads/pulled');
    expect(await gateway.refusal('update_pull_request', { pullrequestid: id, update_commits: true })).toBe(
      `pull request \`${id}\` update failed, its source branch \`pulled\` is gone`,
    );
    expect((await stage.show(id)).commit_ids).toEqual([first, second]);
  });

  it('follow what clients push to their source, and tell whose push it was', async () => {
    const first = stage.push('pushed-to', { 'first.txt': 'x' });
    const id = await stage.open('pushed-to', { reviewers: ['reviewer'] });
    await stage.comment(id, { status: 'approved' }, stage.keys.reviewer);
    const client = new Client();
    const address = addressOf(gateway, 'proj', 'writer', stage.keys.writer);
    await client.run(type, '.', ['clone', '-q', address, 'work']);
    if (type === 'git') await client.git('work', 'checkout', '-q', 'pushed-to');
    else await client.hg('work', 'update', 'pushed-to');
    const second = await client.commit(type, 'work', 'second.txt', 'x');
    await client.run(type, 'work', type === 'git' ? ['push', '-q', 'origin', 'HEAD'] : ['push', address]);
    const all = [...first, second];
    expect(await stage.show(id)).toMatchObject({ commit_ids: all, review_status: 'under_review' });
    expect((await stage.events(id)).at(-1)).toMatchObject({
      type: 'pull_request.updated',
      data: { actor: { username: 'writer' }, pull_request: { revisions: all } },
    });
    // Another branch moves nothing
    stage.push(stage.main, { 'other.txt': 'x' });
    expect((await stage.eventTypes(id)).filter((each) => each === 'updated')).toHaveLength(1);
    client.remove();
  });

  it('keep the commits of a branch that was rewritten', async () => {
    if (type === 'hg') return;
    const [old] = stage.push('rewritten', { 'old.txt': 'x' });
    const id = await stage.open('rewritten');
    run('git', stage.directory(), 'update-ref', 'refs/heads/rewritten', stage.base);
    const [fresh] = stage.push('rewritten', { 'fresh.txt': 'x' }, { from: 'rewritten' });
    const { updated_commits } = await update(id);
    expect(updated_commits).toMatchObject({ added: [fresh], common: [], removed: [old] });
    run('git', stage.directory(), 'gc', '-q', '--prune=now');
    expect(run('git', stage.directory(), 'cat-file', '-t', old ?? '')).toBe('commit');
    expect(
      await gateway.call('get_pull_request_diff', { pullrequestid: id }, stage.keys.owner),
    ).toMatchObject({ files: [expect.objectContaining({ f_path: 'fresh.txt' })] });
  });

  it('keep their revisions when the target has them all', async () => {
    const [added] = stage.push('contained', { 'contained.txt': 'x' });
    const id = await stage.open('contained');
    const twin = await stage.open('contained');
    await gateway.call('merge_pull_request', { pullrequestid: twin }, stage.keys.writer);
    expect((await update(id)).updated_commits).toMatchObject({ added: [], removed: [] });
    expect((await stage.show(id)).commit_ids).toEqual([added]);
  });

  it('update once when it is asked several times at once', async () => {
    stage.push('busy', { 'busy.txt': 'x' });
    const id = await stage.open('busy');
    const [added] = stage.push('busy', { 'more.txt': 'x' }, { from: 'busy' });
    await Promise.all([update(id), update(id), update(id)]);
    expect((await stage.show(id)).commit_ids.at(-1)).toBe(added);
    expect(await stage.eventTypes(id)).toEqual(['updated']);
  });

  it('show their difference in git format', async () => {
    stage.push('diff', { 'shared.txt': 'one\n2\nthree\n', 'sp ace.txt': 'x\n' });
    const id = await stage.open('diff');
    const { to_commit_id, from_commit_id, ...shown } = await gateway.call(
      'get_pull_request_diff',
      { pullrequestid: id, context: 0 },
      stage.keys.reviewer,
    );
    expect([from_commit_id, to_commit_id]).toEqual([
      (await stage.show(id)).target.reference.commit_id,
      (await stage.show(id)).source.reference.commit_id,
    ]);
    const file = (f_path: string, op: string, added: number, removed: number) => ({
      f_path,
      old_f_path: null,
      op,
      added,
      removed,
      binary: false,
    });
    expect(shown).toEqual({
      pull_request_id: id,
      files: [file('shared.txt', 'modified', 1, 1), file('sp ace.txt', 'added', 1, 0)],
      diff: expect.stringMatching(/^diff --git a\/shared.txt b\/shared.txt\n[^]*\n-two\n\+2\n[^]*\+x\n$/),
      truncated: false,
    });
    expect(await gateway.refusal('get_pull_request_diff', { pullrequestid: id }, stage.keys.stranger)).toBe(
      `pull request \`${id}\` does not exist`,
    );
  });

  it("show a hidden source to who reads the target, and Kallithea's methods do not", async () => {
    const fork = { repoid: 'proj', fork_name: 'hidden', private: true };
    await gateway.call('fork_repo', fork, stage.keys.owner);
    stage.push('secret', { 'secret.txt': 'x' }, { repo: 'hidden' });
    const id = await stage.open('secret', { source_repo: 'hidden' });
    expect(await gateway.refusal('get_repo', { repoid: 'hidden' }, stage.keys.reviewer)).toBe(
      'repository `hidden` does not exist',
    );
    expect((await stage.show(id, {}, stage.keys.reviewer)).source.repository).toBe('hidden');
    const diff = { pullrequestid: id };
    expect(await gateway.call('get_pull_request_diff', diff, stage.keys.reviewer)).toMatchObject({
      files: [expect.objectContaining({ f_path: 'secret.txt' })],
    });
    expect(await gateway.refusal('get_pullrequest', { pullrequest_id: id }, stage.keys.reviewer)).toBe(
      'not allowed',
    );
    const comment = { pull_request_id: id, comment_msg: 'x' };
    expect(await gateway.refusal('comment_pullrequest', comment, stage.keys.reviewer)).toBe(
      'No permission to add comment. User needs at least reading permissions to the source repository.',
    );
  });
});
