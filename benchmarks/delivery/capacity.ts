import { latency, type Latency } from '../statistics.js';
import type { DeliveryStage } from './delivery-stage.js';

export interface CapacityStep {
  readonly offeredPerSecond: number;
  /** Calls without an answer when the last one was due. */
  readonly unanswered: number;
  /** Events without a delivery at the end of the step. */
  readonly backlog: number;
  /** Arrivals at the sink over the step. */
  readonly deliveredPerSecond: number;
  readonly endToEnd: Latency;
  readonly sustained: boolean;
}

export interface Capacity {
  /** Highest offered rate that was accepted and delivered without a growing backlog; 0 when none was. */
  readonly sustainedPerSecond: number;
  readonly steps: readonly CapacityStep[];
}

/** What may wait at the end of a step, in seconds of its rate. */
const PATIENCE_S = 0.25;

/** Raises the rate step by step until one is not sustained, then tries the middle between the last two. */
export async function findCapacity(
  set: DeliveryStage,
  rates: readonly number[],
  seconds: number,
): Promise<Capacity> {
  const steps: CapacityStep[] = [];
  // Tried twice before it counts as too much: whatever else runs on the machine can spoil a few seconds.
  const isSustained = async (rate: number): Promise<boolean> => {
    for (let attempt = 0; attempt < 2; attempt++) {
      const step = await tryRate(set, rate, seconds);
      steps.push(step);
      if (step.sustained) return true;
    }
    return false;
  };
  let sustainedPerSecond = 0;
  for (const rate of rates) {
    if (await isSustained(rate)) {
      sustainedPerSecond = rate;
      continue;
    }
    const middle = Math.round((sustainedPerSecond + rate) / 2);
    if (await isSustained(middle)) sustainedPerSecond = middle;
    break;
  }
  return { sustainedPerSecond, steps };
}

async function tryRate(set: DeliveryStage, rate: number, seconds: number): Promise<CapacityStep> {
  const count = Math.round(rate * seconds);
  const updates = set.updates(count);
  const { dueAt, unanswered } = await set.send(updates, rate, count);
  const firstAt = await set.arrivals(updates.first, count, 60_000);
  const endedAt = (dueAt[0] ?? 0) + seconds * 1000;
  const inTime = firstAt.filter((at) => at <= endedAt).length;
  const backlog = count - inTime;
  const limit = Math.max(10, rate * PATIENCE_S);
  return {
    offeredPerSecond: rate,
    unanswered,
    backlog,
    deliveredPerSecond: inTime / seconds,
    endToEnd: latency(firstAt.map((at, index) => at - (dueAt[index] ?? Number.NaN))),
    sustained: backlog <= limit && unanswered <= limit,
  };
}
