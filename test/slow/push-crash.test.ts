import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressOf } from '../harness/client.js';
import { CrashStage, type Moment } from '../harness/crash-stage.js';
import { hasHg } from '../harness/repositories.js';

const RANDOM_KILLS = 6;

let stage: CrashStage;
beforeEach(async () => {
  stage = await CrashStage.set();
});
afterEach(() => stage.close());

/** Where the gateway is when it dies, told by what its transaction waits for before its commit. */
const STAGES = {
  'while it writes down what comes': ['ref_change', 'INSERT'],
  'while it records the events': ['recorded_ref', 'INSERT'],
  'when the events are there': ['push', 'DELETE'],
} as const satisfies Record<string, Moment>;

describe.each(['git', 'hg'] as const)('kill -9 during a push (%s)', (type) => {
  const kills = ['the gateway', 'everything that it started too'] as const;
  const die = (what: (typeof kills)[number]) =>
    what === 'the gateway' ? stage.gateway.kill() : stage.gateway.killAll();

  async function prepare(): Promise<void> {
    await stage.gateway.call('create_repo', { repo_name: 'proj', repo_type: type });
    if (type === 'git') {
      await stage.client.git('.', 'init', '-q', '-b', 'main', 'work');
    } else await stage.client.hg('.', 'init', 'work');
  }
  const push = () => {
    const address = addressOf(stage.gateway, 'proj', 'admin', stage.gateway.adminKey);
    return stage.client.try(type, 'work', type === 'git' ? ['push', address, 'main'] : ['push', address]);
  };
  const onServer = () =>
    type === 'git'
      ? stage.client.git('.', '--git-dir', stage.directory('proj'), 'for-each-ref', '--format=%(objectname)')
      : stage.client
          .hg('.', '-R', stage.directory('proj'), 'log', '-r', 'default', '-T', '{node}')
          .catch(() => '');
  /** New values of the branch, in the order in which they were told. */
  const told = async () => {
    const events = await stage.rows("SELECT body FROM event WHERE type = 'repo.pushed' ORDER BY event_id");
    return events.map(({ body }) => {
      const { data } = JSON.parse(body as string) as { data: { refs: { new: string }[]; source: string } };
      return { id: data.refs[0]?.new, source: data.source };
    });
  };

  it
    .skipIf(type === 'hg' && !hasHg)
    .each(
      Object.entries(STAGES).flatMap(([moment, held]) => kills.map((what) => [what, moment, held] as const)),
    )(
    'of %s %s changes nothing, or is told of after the restart, once',
    async (what, moment, held) => {
      await prepare();
      const id = await stage.client.commit(type, 'work', 'a.txt', 'one');
      await stage.hold(held);
      const pushed = push();
      await stage.isHeld();
      await die(what);
      await stage.letGo(held);
      expect((await pushed).code).not.toBe(0);
      const isChanged = (await onServer()) === id;
      expect(isChanged).toBe(moment !== 'while it writes down what comes');
      await stage.start();
      await stage.settled();
      if (isChanged) {
        const source = held[0] === 'push' ? 'push' : 'recovered';
        expect(await told()).toEqual([{ id, source }]);
        expect(await stage.gateway.call('get_repo', { repoid: 'proj' })).toMatchObject({
          last_changeset: { raw_id: id },
        });
      } else expect(await told()).toEqual([]);
      stage.removeLocks('proj', type);
      expect((await push()).code).toBe(isChanged && type === 'hg' ? 1 : 0);
      await stage.settled();
      expect((await told()).map((event) => event.id)).toEqual([id]);
    },
    300_000,
  );

  it.skipIf(type === 'hg' && !hasHg).each(kills)(
    'of %s at any time: what changed is told, once, and nothing else',
    async (what) => {
      await prepare();
      const before = performance.now();
      let expected = [await stage.client.commit(type, 'work', 'a.txt', '0')];
      expect((await push()).code).toBe(0);
      const usualMs = performance.now() - before;
      for (let round = 1; round <= RANDOM_KILLS; round += 1) {
        const id = await stage.client.commit(type, 'work', 'a.txt', String(round));
        const pushed = push();
        await new Promise((resolve) =>
          setTimeout(resolve, (usualMs * (round + Math.random())) / RANDOM_KILLS),
        );
        await die(what);
        await pushed;
        await stage.start();
        await stage.settled();
        stage.removeLocks('proj', type);
        if ((await onServer()) === id) expected = [...expected, id];
        expect((await told()).map((event) => event.id)).toEqual(expected);
      }
    },
    900_000,
  );
});
