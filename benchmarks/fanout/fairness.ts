import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { DeliveryStage } from '../delivery/delivery-stage.js';
import { measureRate } from '../delivery/latency.js';
import type { LoadCommands } from '../load/load-process.js';
import type { Helper } from '../process/parent-side.js';
import type { Stage } from '../stage/stage.js';
import { pooled, pooledRatio, spread, type Spread } from '../statistics.js';

export interface FairnessPlan {
  readonly rounds: number;
  readonly roundSeconds: number;
  readonly warmUpSeconds: number;
  readonly ratePerSecond: number;
}

export interface FairnessResult {
  readonly plan: FairnessPlan;
  /** p50 and p99 of a healthy subscription over all rounds, end to end in milliseconds; each round goes there twice. */
  readonly alone: Percentiles;
  /** The same beside one that refuses connections and one that never answers. */
  readonly beside: Percentiles;
  /** p99 beside by p99 alone, with its interval. */
  readonly ratio: Spread;
  /** The second time alone by the first, in the same way: what differs by itself. */
  readonly noise: Spread;
  /** Of memory in use after garbage collection: over all rounds, and over their second half. */
  readonly memoryMibPerMinute: Spread;
}

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** In turn first, in the middle and last, so that a drift of the machine favours none. */
const KINDS = ['alone', 'beside', 'again'] as const;
const NONE: Float64Array = new Float64Array();

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
  const memory = async () => ({
    bytes: await set.gateway.process.ask('memory', undefined as never),
    at: performance.now(),
  });
  const memories = [await memory()];
  const rounds: Record<(typeof KINDS)[number], Float64Array>[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    say(`fairness: round ${round + 1} of ${plan.rounds}`);
    const took: (typeof rounds)[number] = { alone: NONE, beside: NONE, again: NONE };
    for (let turn = 0; turn < KINDS.length; turn++) {
      const kind = KINDS[(round + turn) % KINDS.length] as (typeof KINDS)[number];
      await beBad(kind === 'beside');
      // What was on its way when they were switched off ends meanwhile
      await pause(plan.roundSeconds * 100);
      took[kind] = (await measureRate(set, plan.ratePerSecond, plan.roundSeconds)).endToEndMs;
    }
    rounds.push(took);
    memories.push(await memory());
  }
  await set.close();
  const growth = (from: number) => {
    const first = memories[from] as (typeof memories)[number];
    const last = memories.at(-1) as typeof first;
    return (last.bytes - first.bytes) / 2 ** 20 / ((last.at - first.at) / 60_000);
  };
  const of = (all: Float64Array[]) => ({ p50: pooled(all, 0.5), p99: pooled(all, 0.99) });
  return {
    plan,
    alone: of(rounds.flatMap(({ alone, again }) => [alone, again])),
    beside: of(rounds.map(({ beside }) => beside)),
    ratio: pooledRatio(
      rounds.map(({ alone, again, beside }) => ({ of: beside, by: Float64Array.from([...alone, ...again]) })),
      0.99,
    ),
    noise: pooledRatio(
      rounds.map(({ alone, again }) => ({ of: again, by: alone })),
      0.99,
    ),
    memoryMibPerMinute: spread([growth(0), growth(plan.rounds >> 1)]),
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
