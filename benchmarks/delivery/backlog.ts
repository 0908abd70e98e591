import { median, spread, type Spread } from '../statistics.js';
import type { DeliveryPlan } from './delivery.js';
import type { DeliveryStage } from './delivery-stage.js';

const CONNECTIONS = 8;

/** The same call one after the other, once with an event to record and once without. */
export interface AcceptCost {
  readonly withEvent: { readonly p50Ms: number; readonly cpuSecondsPer1000: number };
  readonly withoutEvent: { readonly p50Ms: number; readonly cpuSecondsPer1000: number };
  /** Difference of the medians of each round, in milliseconds. */
  readonly extraP50Ms: Spread;
  /** Events accepted a second with several connections, nothing delivered meanwhile. */
  readonly acceptedPerSecond: Spread;
}

export interface Backlog {
  /** Ranges of numbers that wait for their delivery. */
  readonly ranges: readonly { readonly first: number; readonly count: number }[];
  readonly count: number;
}

/** Needs a gateway that accepts and does not deliver; what it accepts is the backlog. */
export async function measureAccept(
  set: DeliveryStage,
  { rounds, sliceMs }: DeliveryPlan['accept'],
): Promise<{ accept: Omit<AcceptCost, 'acceptedPerSecond'>; backlog: Backlog }> {
  const ranges: { first: number; count: number }[] = [];
  let count = 0;
  const run = async (distinct: boolean) => {
    // as many numbers as the slice could use at most
    const updates = set.updates(sliceMs * 10, distinct);
    let result = { p50: 0, calls: 0 };
    const { gatewayCpuMs } = await set.cost(async () => {
      const { latency, calls, failures } = await set.load.ask('updates', {
        port: set.gateway.port,
        connections: 1,
        updates,
        ms: sliceMs,
      });
      if (failures > 0) throw new Error(`${failures} calls of update_repo failed`);
      result = { p50: latency.p50, calls };
    });
    if (distinct) {
      ranges.push({ first: updates.first, count: result.calls });
      count += result.calls;
    }
    return { ...result, cpuPerCall: gatewayCpuMs / result.calls };
  };

  await run(false);
  const withEvent: Awaited<ReturnType<typeof run>>[] = [];
  const withoutEvent: Awaited<ReturnType<typeof run>>[] = [];
  for (let round = 0; round < rounds; round++) {
    withoutEvent.push(await run(false));
    withEvent.push(await run(true));
  }
  const of = (runs: typeof withEvent) => ({
    p50Ms: median(runs.map(({ p50 }) => p50)),
    cpuSecondsPer1000: median(runs.map(({ cpuPerCall }) => cpuPerCall)),
  });
  const accept = {
    withEvent: of(withEvent),
    withoutEvent: of(withoutEvent),
    extraP50Ms: spread(withEvent.map(({ p50 }, round) => p50 - (withoutEvent[round]?.p50 ?? 0))),
  };
  return { accept, backlog: { ranges, count } };
}

/** Needs a gateway that accepts and does not deliver. @param before what waits already */
export async function acceptBacklog(
  set: DeliveryStage,
  wanted: number,
  before: Backlog = { ranges: [], count: 0 },
): Promise<{ acceptedPerSecond: number; backlog: Backlog }> {
  const count = Math.max(CONNECTIONS, wanted - before.count);
  const updates = set.updates(count);
  const { seconds, failures } = await set.load.ask('updates', {
    port: set.gateway.port,
    connections: CONNECTIONS,
    updates,
    count,
  });
  if (failures > 0) throw new Error(`${failures} calls of update_repo failed`);
  return {
    acceptedPerSecond: count / seconds,
    backlog: {
      ranges: [...before.ranges, { first: updates.first, count }],
      count: before.count + count,
    },
  };
}

/** Needs a gateway that has just started to deliver. @returns deliveries a second, from the first arrival to the last */
export async function measureDrain(set: DeliveryStage, { ranges, count }: Backlog): Promise<number> {
  let first = Infinity;
  let last = 0;
  for (const range of ranges) {
    for (const at of await set.arrivals(range.first, range.count, 120_000)) {
      first = Math.min(first, at);
      last = Math.max(last, at);
    }
  }
  return ((count - 1) * 1000) / (last - first);
}
