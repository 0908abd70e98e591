import type { LoadCommands } from '../load/load-process.js';
import type { Helper } from '../process/parent-side.js';
import type { Stage } from '../stage/stage.js';
import { acceptBacklog, measureAccept, measureDrain, type AcceptCost } from './backlog.js';
import { spread, type Spread } from '../statistics.js';
import { findCapacity, type CapacityStep } from './capacity.js';
import { DeliveryStage } from './delivery-stage.js';
import {
  measureIdle,
  measureRate,
  summary,
  type IdleResult,
  type RateResult,
  type RateRound,
} from './latency.js';

export interface DeliveryPlan {
  readonly rates: readonly number[];
  readonly rounds: number;
  readonly roundSeconds: number;
  readonly warmUpSeconds: number;
  readonly idle: { readonly events: number; readonly gapMs: number };
  readonly capacity: {
    readonly rounds: number;
    readonly steps: readonly number[];
    readonly stepSeconds: number;
  };
  readonly accept: { readonly rounds: number; readonly sliceMs: number };
  readonly drain: { readonly rounds: number; readonly events: number };
}

export interface DeliveryResult {
  readonly plan: DeliveryPlan;
  readonly rates: readonly RateResult[];
  readonly idle: IdleResult;
  /** Highest offered rate that was accepted and delivered without a growing backlog; 0 when none was. */
  readonly sustainedPerSecond: Spread;
  readonly steps: readonly CapacityStep[];
  readonly accept: AcceptCost;
  readonly drainedPerSecond: Spread;
  /** Deliveries that came more than once. */
  readonly duplicates: number;
}

/** From the call that makes an event to its arrival at a sink, one subscription, everything on this machine. */
export async function benchmarkDelivery(
  stage: Stage,
  load: Helper<LoadCommands>,
  plan: DeliveryPlan,
  say: (text: string) => void,
): Promise<DeliveryResult> {
  say('delivery: starting a gateway with one subscription');
  const set = await DeliveryStage.set(stage, load);
  await measureRate(set, 100, plan.warmUpSeconds);
  const rounds = new Map(plan.rates.map((rate) => [rate, [] as RateRound[]]));
  for (let round = 0; round < plan.rounds; round++) {
    say(`delivery: round ${round + 1} of ${plan.rounds} at ${plan.rates.join(' and ')} events a second`);
    for (const [rate, results] of rounds) results.push(await measureRate(set, rate, plan.roundSeconds));
  }
  say(`delivery: one event every ${plan.idle.gapMs / 1000} s`);
  const idle = await measureIdle(set, plan.idle.events, plan.idle.gapMs);
  say('delivery: raising the rate until a backlog grows');
  const capacities = [];
  for (let round = 0; round < plan.capacity.rounds; round++)
    capacities.push(await findCapacity(set, plan.capacity.steps, plan.capacity.stepSeconds));
  say('delivery: what accepting costs, without delivering');
  await set.replaceGateway('gateway-accept', 'api');
  const { accept, backlog: accepted } = await measureAccept(set, plan.accept);
  let before = accepted;
  const drains: number[] = [];
  const acceptedPerSecond: number[] = [];
  for (let round = 0; round < plan.drain.rounds; round++) {
    say(`delivery: round ${round + 1} of ${plan.drain.rounds}, draining ${plan.drain.events} events`);
    const { backlog, acceptedPerSecond: rate } = await acceptBacklog(set, plan.drain.events, before);
    await set.replaceGateway('gateway-drain', 'delivery');
    drains.push(await measureDrain(set, backlog));
    acceptedPerSecond.push(rate);
    before = { ranges: [], count: 0 };
    await set.replaceGateway('gateway-accept', 'api');
  }
  const { duplicates } = await set.sink.ask('arrivals', { first: 0, count: 0 });
  await set.close();
  return {
    plan,
    rates: [...rounds].map(([rate, results]) => summary(rate, results)),
    idle,
    sustainedPerSecond: spread(capacities.map(({ sustainedPerSecond }) => sustainedPerSecond)),
    steps: capacities.flatMap(({ steps }) => steps),
    accept: { ...accept, acceptedPerSecond: spread(acceptedPerSecond) },
    drainedPerSecond: spread(drains),
    duplicates,
  };
}
