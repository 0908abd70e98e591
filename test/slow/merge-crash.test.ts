import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressOf } from '../harness/client.js';
import { CrashStage, type Moment } from '../harness/crash-stage.js';
import { hasHg } from '../harness/repositories.js';

const RANDOM_KILLS = 4;

let stage: CrashStage;
beforeEach(async () => {
  stage = await CrashStage.set();
});
afterEach(() => stage.close());

/** Where the gateway is when it dies, told by what its transaction waits for before its commit. */
const STAGES = {
  'while it announces the merge': ['ref_change', 'INSERT'],
  'when the branch has moved, and the pull request is not closed yet': ['pull_request', 'UPDATE'],
  'while it records the events of the move': ['recorded_ref', 'UPDATE'],
} as const satisfies Record<string, Moment>;

describe.each(['git', 'hg'] as const)('kill -9 during a merge (%s)', (type) => {
  const main = type === 'git' ? 'main' : 'default';
  let id: number;
  const address = () => addressOf(stage.gateway, 'proj', 'admin', stage.gateway.adminKey);

  async function prepare(): Promise<void> {
    await stage.gateway.call('create_repo', { repo_name: 'proj', repo_type: type });
    if (type === 'git') await stage.client.git('.', 'init', '-q', '-b', 'main', 'work');
    else await stage.client.hg('.', 'init', 'work');
    await stage.client.commit(type, 'work', 'base.txt', 'base');
    if (type === 'git') await stage.client.git('work', 'checkout', '-q', '-b', 'feature');
    else await stage.client.hg('work', 'branch', 'feature');
    await stage.client.commit(type, 'work', 'feature.txt', 'feature');
    if (type === 'git') await stage.client.git('work', 'checkout', '-q', 'main');
    else await stage.client.hg('work', 'update', 'default');
    await stage.client.commit(type, 'work', 'main.txt', 'main');
    await stage.client.run(
      type,
      'work',
      type === 'git' ? ['push', '-q', address(), 'main', 'feature'] : ['push', '--new-branch', address()],
    );
    const made = await stage.gateway.call<{ pull_request_id: number }>('create_pull_request', {
      source_repo: 'proj',
      target_repo: 'proj',
      source_ref: 'branch:feature',
      target_ref: `branch:${main}`,
    });
    id = made.pull_request_id;
  }
  const merge = () =>
    stage.gateway
      .call<{ merge_commit_id: string }>('merge_pull_request', { pullrequestid: id })
      .catch(() => null);
  const head = () =>
    type === 'git'
      ? stage.client.git('.', '--git-dir', stage.directory('proj'), 'rev-parse', 'refs/heads/main')
      : stage.client.hg('.', '-R', stage.directory('proj'), 'log', '-r', 'default', '-T', '{node}');
  /** Merges that are in the branch. */
  const merges = async () => {
    const listed =
      type === 'git'
        ? await stage.client.git('.', '--git-dir', stage.directory('proj'), 'rev-list', '--merges', 'main')
        : await stage.client.hg(
            '.',
            '-R',
            stage.directory('proj'),
            'log',
            '-r',
            '::default and merge()',
            '-T',
            '{node}\n',
          );
    return listed.split('\n').filter((line) => line !== '').length;
  };
  const told = async (what: string) => {
    const events = await stage.rows(`SELECT body FROM event WHERE type = '${what}' ORDER BY event_id`);
    return events.map(({ body }) => (JSON.parse(body as string) as { data: Record<string, unknown> }).data);
  };
  /** After a restart: told is what is there, once; and asking again brings it to its end. */
  async function expectWhole(before: string): Promise<void> {
    await stage.start();
    await stage.settled();
    const moved = (await head()) !== before;
    const pushes = (await told('repo.pushed')).filter(({ source }) => source !== 'push');
    expect(pushes.map(({ refs }) => (refs as { new: string }[])[0]?.new)).toEqual(
      moved ? [await head()] : [],
    );
    stage.removeLocks('proj', type);
    const { status } = await stage.gateway.call<{ status: string }>('get_pull_request', {
      pullrequestid: id,
    });
    if (status !== 'closed') {
      const merged = await stage.gateway.call<{ merge_commit_id: string }>('merge_pull_request', {
        pullrequestid: id,
      });
      expect(merged.merge_commit_id).toBe(await head());
    }
    await stage.settled();
    expect(await merges()).toBe(1);
    expect(await told('pull_request.merged')).toHaveLength(1);
    expect((await told('repo.pushed')).filter(({ source }) => source !== 'push')).toHaveLength(1);
  }

  it
    .skipIf(type === 'hg' && !hasHg)
    .each(
      Object.entries(STAGES).flatMap(([moment, held]) =>
        (['kill', 'killAll'] as const).map((how) => [moment, how, held] as const),
      ),
    )(
    '%s (%s): the merge is there with its event, once, or can be asked for again',
    async (_moment, how, held) => {
      await prepare();
      const before = await head();
      await stage.hold(held);
      const merging = merge();
      await stage.isHeld();
      await stage.gateway[how]();
      await stage.letGo(held);
      await merging;
      await expectWhole(before);
    },
    300_000,
  );

  it.skipIf(type === 'hg' && !hasHg)(
    'at any time: the same',
    async () => {
      await prepare();
      const before = await head();
      for (let round = 0; round < RANDOM_KILLS; round += 1) {
        const merging = merge();
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
        await stage.gateway.killAll();
        await merging;
        if ((await merges()) > 0 || round + 1 === RANDOM_KILLS) break;
        await stage.start();
        await stage.settled();
        stage.removeLocks('proj', type);
      }
      await expectWhole(before);
    },
    600_000,
  );
});
