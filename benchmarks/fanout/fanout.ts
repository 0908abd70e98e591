import type { LoadCommands } from '../load/load-process.js';
import type { Helper } from '../process/parent-side.js';
import type { Stage } from '../stage/stage.js';
import { measureDrains, type DrainsPlan, type DrainsResult } from './drains.js';
import { measureFairness, type FairnessPlan, type FairnessResult } from './fairness.js';

export interface FanoutPlan {
  readonly drains: DrainsPlan;
  readonly fairness: FairnessPlan;
}

export interface FanoutResult {
  readonly drains: DrainsResult;
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
    drains: await measureDrains(stage, load, plan.drains, say),
    fairness: await measureFairness(stage, load, plan.fairness, say),
  };
}
