import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { DeliveryStage } from '../delivery/delivery-stage.js';
import { measureRate, type RateRound } from '../delivery/latency.js';
import type { LoadCommands } from '../load/load-process.js';
import type { Helper } from '../process/parent-side.js';
import type { Stage } from '../stage/stage.js';
import { median, spread, type Spread } from '../statistics.js';

export interface FairnessPlan {
  readonly rounds: number;
  readonly roundSeconds: number;
  readonly warmUpSeconds: number;
  readonly ratePerSecond: number;
}

export interface FairnessResult {
  readonly plan: FairnessPlan;
  /** p50 and p99 of a healthy subscription, end to end in milliseconds. */
  readonly alone: { readonly p50: Spread; readonly p99: Spread };
  /** The same beside one that refuses connections and one that never answers. */
  readonly beside: { readonly p50: Spread; readonly p99: Spread };
  /** p99 beside by p99 alone, of slices that ran one after the other. */
  readonly ratio: Spread;
  /** p99 alone by its own median: what differs from round to round by itself. */
  readonly noise: Spread;
  /** Of memory in use after garbage collection, from the first round to the end of the last. */
  readonly memoryMibPerMinute: number;
}

/** Whether a subscription feels its neighbours. */
export async function measureFairness(
  stage: Stage,
  load: Helper<LoadCommands>,
  plan: FairnessPlan,
  say: (text: string) => void,
): Promise<FairnessResult> {
  const set = await DeliveryStage.set(stage, load, { name: 'fairness' });
  const bad = [
    await set.subscribe(`http://127.0.0.1:${await closedPort()}/`),
    await set.subscribe(`${set.sinkUrl}/silent`),
  ];
  const beBad = async (active: boolean) => {
    for (const webhook_id of bad)
      await set.admin('update_webhook', { webhook_id, active, ...(active && { held: 'none' }) });
  };
  await beBad(false);
  await measureRate(set, plan.ratePerSecond, plan.warmUpSeconds);
  const memory = () => set.gateway.process.ask('memory', undefined as never);
  const before = { bytes: await memory(), at: performance.now() };
  const alone: RateRound[] = [];
  const beside: RateRound[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    say(`fairness: round ${round + 1} of ${plan.rounds}`);
    for (const isBad of round % 2 === 0 ? [false, true] : [true, false]) {
      await beBad(isBad);
      // What was on its way when they were switched off ends meanwhile
      await pause(plan.roundSeconds * 100);
      (isBad ? beside : alone).push(await measureRate(set, plan.ratePerSecond, plan.roundSeconds));
    }
  }
  const grown = (await memory()) - before.bytes;
  const minutes = (performance.now() - before.at) / 60_000;
  await set.close();
  const of = (rounds: readonly RateRound[]) => ({
    p50: spread(rounds.map(({ endToEnd }) => endToEnd.p50)),
    p99: spread(rounds.map(({ endToEnd }) => endToEnd.p99)),
  });
  const usual = median(alone.map(({ endToEnd }) => endToEnd.p99));
  return {
    plan,
    alone: of(alone),
    beside: of(beside),
    ratio: spread(
      beside.map(({ endToEnd }, round) => endToEnd.p99 / (alone[round] as RateRound).endToEnd.p99),
    ),
    noise: spread(alone.map(({ endToEnd }) => endToEnd.p99 / usual)),
    memoryMibPerMinute: grown / 2 ** 20 / minutes,
  };
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
