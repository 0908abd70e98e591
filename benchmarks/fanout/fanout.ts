import type { LoadCommands } from '../load/load-process.js';
import type { Helper } from '../process/parent-side.js';
import type { Stage } from '../stage/stage.js';
import { measureDrains, type DrainsPlan, type DrainsResult } from './drains.js';
import { measureFairness, type FairnessPlan, type FairnessResult } from './fairness.js';

export interface FanoutPlan {
  readonly drains: DrainsPlan;
  readonly waiting: DrainsPlan;
  readonly fairness: FairnessPlan;
}

export interface FanoutResult {
  readonly drains: DrainsResult;
  /** The same, of receivers that take their time: what limits is how many deliveries a process has under way. */
  readonly waiting: DrainsResult;
  readonly fairness: FairnessResult;
}

/** Many subscriptions: how fast they are served, by how many processes, and whether a bad one is felt by the others. */
export async function benchmarkFanout(
  stage: Stage,
  load: Helper<LoadCommands>,
  plan: FanoutPlan,
  say: (text: string) => void,
): Promise<FanoutResult> {
  return {
    drains: await measureDrains(stage, load, 'fanout', plan.drains, say),
    waiting: await measureDrains(stage, load, 'waiting', plan.waiting, say),
    fairness: await measureFairness(stage, load, plan.fairness, say),
  };
}
