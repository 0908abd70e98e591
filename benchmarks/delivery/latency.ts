import { setTimeout as pause } from 'node:timers/promises';
import { latency, spread, sum, type Latency, type Spread } from '../statistics.js';
import type { Cost, DeliveryStage } from './delivery-stage.js';

export interface RateRound {
  /** From when the call was due to the arrival of the delivery, in milliseconds. */
  readonly endToEnd: Latency;
  readonly endToEndMs: Float64Array;
  /** From when the call was due to its answer. */
  readonly accept: Latency;
  readonly deliveries: number;
  readonly seconds: number;
  readonly cost: Cost;
}

export interface RateResult {
  readonly ratePerSecond: number;
  readonly endToEnd: Readonly<Record<keyof Latency, Spread>>;
  readonly accept: Readonly<Record<keyof Latency, Spread>>;
  /** CPU seconds for 1,000 events: accepted, stored and delivered. */
  readonly cpuSecondsPer1000: {
    readonly gateway: number;
    readonly postgres: number | null;
    readonly sink: number;
    readonly load: number;
  };
  readonly gatewayRssMib: number;
}

export interface IdleResult {
  readonly events: number;
  readonly endToEnd: Latency;
}

const subtract = (from: Float64Array, what: Float64Array) =>
  from.map((value, index) => value - (what[index] ?? Number.NaN));

export async function measureRate(
  set: DeliveryStage,
  ratePerSecond: number,
  seconds: number,
): Promise<RateRound> {
  const count = Math.round(ratePerSecond * seconds);
  const updates = set.updates(count);
  let endToEnd: Float64Array = new Float64Array();
  let accept: Float64Array = endToEnd;
  const cost = await set.cost(async () => {
    const { dueAt, answeredAt } = await set.send(updates, ratePerSecond, count);
    endToEnd = subtract(await set.arrivals(updates.first, count), dueAt);
    accept = subtract(answeredAt, dueAt);
  });
  return {
    endToEnd: latency(endToEnd),
    endToEndMs: endToEnd,
    accept: latency(accept),
    deliveries: count,
    seconds,
    cost,
  };
}

/** Single events with long silence before each: shows who polls. */
export async function measureIdle(set: DeliveryStage, events: number, gapMs: number): Promise<IdleResult> {
  const took: number[] = [];
  for (let event = 0; event < events; event++) {
    await pause(gapMs);
    const updates = set.updates(1);
    const { dueAt } = await set.send(updates, 1000, 1);
    took.push(...subtract(await set.arrivals(updates.first, 1), dueAt));
  }
  return { events, endToEnd: latency(took) };
}

/** Of every percentile the median of the rounds, and their range. */
export function summary(ratePerSecond: number, rounds: readonly RateRound[]): RateResult {
  const over = (of: (round: RateRound) => Latency) => ({
    p50: spread(rounds.map((round) => of(round).p50)),
    p95: spread(rounds.map((round) => of(round).p95)),
    p99: spread(rounds.map((round) => of(round).p99)),
    max: spread(rounds.map((round) => of(round).max)),
  });
  const deliveries = sum(rounds.map((round) => round.deliveries));
  const per1000 = (of: (cost: Cost) => number) => sum(rounds.map(({ cost }) => of(cost))) / deliveries;
  const knowsPostgres = rounds.every(({ cost }) => cost.postgresCpuMs !== null);
  return {
    ratePerSecond,
    endToEnd: over((round) => round.endToEnd),
    accept: over((round) => round.accept),
    cpuSecondsPer1000: {
      gateway: per1000((cost) => cost.gatewayCpuMs),
      postgres: knowsPostgres ? per1000((cost) => cost.postgresCpuMs ?? 0) : null,
      sink: per1000((cost) => cost.sinkCpuMs),
      load: per1000((cost) => cost.loadCpuMs),
    },
    gatewayRssMib: Math.max(...rounds.map(({ cost }) => cost.gatewayRssBytes)) / 2 ** 20,
  };
}
