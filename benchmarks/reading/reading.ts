import type { RepoType } from '../../src/vcs/vcs.js';
import { call, post } from '../stage/client.js';
import type { Stage } from '../stage/stage.js';
import { latency, median, spread, type Latency, type Spread } from '../statistics.js';
import { historyOf, setReadingStage, SIZES, treeOf, type ReadingStage } from './reading-stage.js';

export interface ReadingPlan {
  readonly rounds: number;
  /** Of one round, which counts with their median. */
  readonly visits: number;
  readonly changesetCalls: number;
}

/** Gateway's milliseconds by those of the bare program, of one round each: less is better. */
export interface ReadingComparison {
  readonly type: RepoType;
  readonly method: 'get_changesets' | 'get_repo_nodes';
  readonly aim: number;
  /** Nothing of the repository is kept in memory. */
  readonly first: Spread;
  readonly again: Spread;
  readonly ms: { readonly first: Spread; readonly again: Spread; readonly bare: Spread };
}

export interface ReadingResult {
  readonly plan: ReadingPlan;
  readonly sizes: typeof SIZES;
  readonly comparisons: readonly ReadingComparison[];
  readonly changeset: readonly { readonly type: RepoType; readonly latency: Latency }[];
}

const AIMS = { git: 1.5, hg: 2 } as const;
const METHODS = [
  { method: 'get_changesets', what: 'history' },
  { method: 'get_repo_nodes', what: 'tree' },
] as const;

/** What reading through the gateway costs against the programs themselves, in rounds that visit all of them in turn. */
export async function benchmarkReading(
  stage: Stage,
  plan: ReadingPlan,
  say: (text: string) => void,
): Promise<ReadingResult> {
  say('reading: making repositories');
  const set = await setReadingStage(stage);
  const comparisons: ReadingComparison[] = [];
  const changeset: { type: RepoType; latency: Latency }[] = [];
  for (const type of set.types) {
    for (const { method, what } of METHODS) {
      say(`reading: ${method}, ${type}`);
      comparisons.push(await compared(stage, set, plan, type, method, what));
    }
    say(`reading: get_changeset, ${type}`);
    changeset.push({ type, latency: await changesetLatency(stage, set, plan, type) });
  }
  await set.close();
  return { plan, sizes: SIZES, comparisons, changeset };
}

async function compared(
  stage: Stage,
  set: ReadingStage,
  plan: ReadingPlan,
  type: RepoType,
  method: ReadingComparison['method'],
  what: 'history' | 'tree',
): Promise<ReadingComparison> {
  const { port } = set.gateway;
  const repoid = what === 'history' ? historyOf(type) : treeOf(type);
  const args =
    what === 'history'
      ? { repoid, max_revisions: 1_000, reverse: true }
      : { repoid, revision: 'tip', root_path: '/' };
  const body = JSON.stringify({ id: 1, api_key: stage.adminKey, method, args });
  const ask = async () => {
    let answer = '';
    const ms = await timed(async () => (answer = await post(port, body)));
    // What the programs write is not read here either
    count(answer, method);
    return ms;
  };
  const forget = () => call(port, stage.adminKey, 'invalidate_cache', { repoid });
  const once = async (isBareFirst: boolean) => {
    const bare = () => timed(() => set.bare(type, what));
    const before = isBareFirst ? await bare() : null;
    await forget();
    const first = await ask();
    const again = await ask();
    return { first, again, bare: before ?? (await bare()) };
  };
  const ms = { first: [] as number[], again: [] as number[], bare: [] as number[] };
  // The first round warms the process up
  for (let round = 0; round <= plan.rounds; round += 1) {
    const visits = [];
    // Who goes first alternates, so that a drift of the machine favours neither.
    for (let visit = 0; visit < plan.visits; visit += 1) visits.push(await once(visit % 2 === 1));
    if (round === 0) continue;
    for (const key of ['first', 'again', 'bare'] as const)
      ms[key].push(median(visits.map((each) => each[key])));
  }
  const ratio = (of: number[]) => spread(of.map((value, round) => value / (ms.bare[round] ?? Number.NaN)));
  return {
    type,
    method,
    aim: AIMS[type],
    first: ratio(ms.first),
    again: ratio(ms.again),
    ms: { first: spread(ms.first), again: spread(ms.again), bare: spread(ms.bare) },
  };
}

function count(answer: string, method: string): void {
  const { result, error } = JSON.parse(answer) as { result: unknown[] | null; error: string | null };
  const expected = method === 'get_changesets' ? 1_000 : SIZES.entries;
  if (error !== null || result?.length !== expected)
    throw new Error(`${method}: ${error ?? `${result?.length} instead of ${expected} entries`}`);
}

/** One call after the other, each about another changeset, all of them known already. */
async function changesetLatency(stage: Stage, set: ReadingStage, plan: ReadingPlan, type: RepoType) {
  const repoid = historyOf(type);
  const { port } = set.gateway;
  const list = { repoid, max_revisions: 50, reverse: true };
  const known = await call<{ raw_id: string }[]>(port, stage.adminKey, 'get_changesets', list);
  const values: number[] = [];
  for (let index = -known.length; index < plan.changesetCalls; index += 1) {
    const { raw_id } = known[(index + known.length) % known.length] ?? { raw_id: '' };
    const ms = await timed(() => call(port, stage.adminKey, 'get_changeset', { repoid, raw_id }));
    if (index >= 0) values.push(ms);
  }
  return latency(values);
}

async function timed(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
