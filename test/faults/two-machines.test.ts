import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectAgreement } from '../harness/name-agreement.js';
import { run } from '../harness/repositories.js';
import { WebhookReceiver } from '../harness/webhook-receiver.js';
import { Cluster } from './cluster.js';
import { Person } from './person.js';
import { pause, RUNS } from './stage.js';

const STRIKES = Math.max(RUNS, 6);
const PEOPLE = ['ada', 'bob', 'eve'];

let cluster: Cluster;
let receiver: WebhookReceiver;
let people: Person[];
beforeAll(async () => {
  cluster = await Cluster.start();
  receiver = await WebhookReceiver.start();
  await cluster.ask('create_webhook', { url: receiver.url, event_types: ['*'] });
  people = await Promise.all(PEOPLE.map((name) => Person.join(cluster, name)));
});
afterAll(async () => {
  for (const person of people) person.leave();
  await cluster.close();
  await receiver.close();
});

interface Ref {
  name: string;
  old: string | null;
  new: string;
}
interface RecordedEvent {
  id: number;
  type: string;
  repoId: number;
  refs: Ref[];
}

async function events(): Promise<RecordedEvent[]> {
  const rows = await cluster.rows(
    'SELECT event_id, type, body FROM event WHERE only_webhook_id IS NULL ORDER BY event_id',
  );
  return rows.map(({ event_id, type, body }) => {
    const { data } = JSON.parse(body as string) as {
      data: { repository?: { repo_id: number }; refs?: Ref[] };
    };
    return {
      id: Number(event_id),
      type: type as string,
      repoId: data.repository?.repo_id ?? 0,
      refs: data.refs ?? [],
    };
  });
}

/** Commits that branches point at, by repository. */
async function heads(): Promise<Map<number, string[]>> {
  const repositories = await cluster.rows('SELECT repo_id, repo_name, repo_type FROM repo');
  return new Map(
    repositories.map(({ repo_id, repo_name, repo_type }) => {
      const directory = join(cluster.repoRoot, repo_name as string);
      const text =
        repo_type === 'git'
          ? run('git', directory, 'for-each-ref', '--format=%(objectname)', 'refs/heads')
          : run('hg', directory, 'log', '-r', 'head()', '-T', '{node}\n');
      return [repo_id as number, text.split('\n')];
    }),
  );
}

it(`two machines on one database lose nothing, double nothing and agree, struck ${STRIKES} times`, async () => {
  let isOver = false;
  const work = people.map(async (person) => {
    while (!isOver) await person.act();
  });
  for (let strike = 0; strike < STRIKES; strike++) {
    await pause(1_000 + Math.random() * 2_000);
    await cluster.strike();
  }
  isOver = true;
  await Promise.all(work);

  const unfinished = () =>
    cluster.rows(
      `SELECT 'push' FROM push UNION ALL SELECT 'job' FROM job WHERE state IN ('pending', 'running')
       UNION ALL SELECT 'move' FROM directory_move`,
    );
  await expect.poll(unfinished, { timeout: 60_000 }).toEqual([]);
  const complaints = people.flatMap((person) => person.complaints);
  expect(complaints, cluster.loggedErrors).toEqual([]);
  await expectAgreement({
    repoRoot: cluster.repoRoot,
    rows: (sql) => cluster.rows(sql),
    call: (method) => cluster.insist(method),
  });

  const recorded = await events();
  const pushes = recorded.filter(({ type }) => type === 'repo.pushed');
  const there = await heads();
  const pushed = people.flatMap((person) => person.pushed);
  expect(pushed.filter(({ told }) => told).length).toBeGreaterThan(0);
  for (const { repoId, commit, told } of pushed) {
    const tellingOf = pushes.filter(
      (event) => event.repoId === repoId && event.refs.some((ref) => ref.new === commit),
    );
    if (told) expect(tellingOf, `events of ${commit}, which went well`).toHaveLength(1);
    else if (there.get(repoId)?.includes(commit))
      expect(tellingOf, `events of ${commit}, which is there`).toHaveLength(1);
  }
  // What was told afterwards may come behind what was pushed later; nothing is missing between them
  for (const { refs, id, repoId } of pushes) {
    for (const { name, old } of refs) {
      if (old === null) continue;
      const before = pushes.some(
        (event) => event.repoId === repoId && event.refs.some((ref) => ref.name === name && ref.new === old),
      );
      // A fork begins with what it was made of
      if (!before)
        expect(pushes.find((event) => event.repoId === repoId)?.id, `${name} before event ${id}`).toBe(id);
    }
  }
  const missing = () => {
    const arrived = new Set(receiver.received.map(({ event }) => event.data.event_id));
    return recorded.filter(({ id }) => !arrived.has(id));
  };
  await expect.poll(missing, { timeout: 60_000 }).toEqual([]);
});
