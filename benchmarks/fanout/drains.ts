import { setTimeout as pause } from 'node:timers/promises';
import type { LoadCommands } from '../load/load-process.js';
import type { Helper } from '../process/parent-side.js';
import { postgresCpuMs } from '../stage/machine.js';
import type { RunningGateway, Stage } from '../stage/stage.js';
import { spread, sum, type Spread } from '../statistics.js';
import { DeliveryStage } from '../delivery/delivery-stage.js';

export interface DrainsPlan {
  readonly rounds: number;
  readonly subscriptions: number;
  readonly events: number;
  /** Delivered before, so that no process is measured while it is new. */
  readonly warmUpEvents: number;
  readonly workers: readonly number[];
  /** How long the receivers take for their answer; 0: they answer at once. */
  readonly receiverMs: number;
}

/** Of the rounds with that many processes. */
export interface WorkersResult {
  readonly workers: number;
  readonly deliveriesPerSecond: Spread;
  readonly statementsPerDelivery: Spread;
  /** Of all processes that deliver, and of PostgreSQL, for 1,000 deliveries. */
  readonly cpuSecondsPer1000: { readonly workers: Spread; readonly postgres: Spread | null };
}

export interface DrainsResult {
  readonly plan: DrainsPlan;
  readonly results: readonly WorkersResult[];
  readonly duplicates: number;
}

interface Drain {
  readonly perSecond: number;
  readonly statements: number;
  readonly workerCpu: number;
  readonly postgresCpu: number | null;
}

const CONNECTIONS = 8;
const PATIENCE_MS = 120_000;

/** Events that many subscriptions wait for, accepted while nobody delivers, then delivered by one or more processes. */
export async function measureDrains(
  stage: Stage,
  load: Helper<LoadCommands>,
  name: string,
  plan: DrainsPlan,
  say: (text: string) => void,
): Promise<DrainsResult> {
  const kind = plan.receiverMs === 0 ? '/hook' : `/after/${plan.receiverMs}`;
  const paths = Array.from({ length: plan.subscriptions }, (_none, index) => `${kind}/${index}`);
  const set = await DeliveryStage.set(stage, load, { name, roles: 'api', paths });
  const drains = new Map(plan.workers.map((workers) => [workers, [] as Drain[]]));
  let duplicates = 0;
  for (let round = 0; round < plan.rounds; round++) {
    // Which number goes first alternates, so that a drift of the machine favours none
    const order = round % 2 === 0 ? plan.workers : plan.workers.toReversed();
    for (const workers of order) {
      say(`${name}: round ${round + 1} of ${plan.rounds}, ${workers} processes`);
      const { drain, again } = await drainOnce(set, workers);
      drains.get(workers)?.push(drain);
      duplicates += again;
    }
  }
  await set.close();
  const results = [...drains].map(([workers, all]) => ({
    workers,
    deliveriesPerSecond: spread(all.map(({ perSecond }) => perSecond)),
    statementsPerDelivery: spread(all.map(({ statements }) => statements)),
    cpuSecondsPer1000: {
      workers: spread(all.map(({ workerCpu }) => workerCpu)),
      postgres: all.some(({ postgresCpu }) => postgresCpu === null)
        ? null
        : spread(all.map(({ postgresCpu }) => postgresCpu ?? 0)),
    },
  }));
  return { plan, results, duplicates };

  async function drainOnce(on: DeliveryStage, workers: number): Promise<{ drain: Drain; again: number }> {
    const all = await Promise.all(
      Array.from({ length: workers }, (_none, index) => on.startWorker(`gateway-drain-${index + 1}`)),
    );
    try {
      const warm = await backlog(on, plan.warmUpEvents);
      await warm.release();
      await arrived(on, warm.deliveries);
      const { release, deliveries } = await backlog(on, plan.events);
      const before = await spentBy(all);
      await release();
      const span = await arrived(on, deliveries);
      const after = await spentBy(all);
      return {
        drain: {
          perSecond: ((deliveries - 1) * 1000) / (span.lastAt - span.firstAt),
          statements: (after.statements - before.statements) / deliveries,
          workerCpu: (after.cpuMs - before.cpuMs) / deliveries,
          postgresCpu:
            before.postgresMs === null || after.postgresMs === null
              ? null
              : (after.postgresMs - before.postgresMs) / deliveries,
        },
        again: span.duplicates,
      };
    } finally {
      await Promise.all(all.map(({ process }) => process.stop()));
    }
  }

  /** Accepts events that nobody may take before `release`, however many processes are there. */
  async function backlog(on: DeliveryStage, events: number) {
    const release = await on.holdRelays();
    const { failures } = await load.ask('updates', {
      port: on.gateway.port,
      connections: CONNECTIONS,
      updates: on.updates(events),
      count: events,
    });
    if (failures > 0) throw new Error(`${failures} calls of update_repo failed`);
    await on.sink.ask('mark', undefined as never);
    return { release, deliveries: events * plan.subscriptions };
  }

  async function spentBy(all: readonly RunningGateway[]) {
    const usages = await Promise.all(all.map(({ process }) => process.usage()));
    const statements = await Promise.all(
      all.map(({ process }) => process.ask('statements', undefined as never)),
    );
    return {
      cpuMs: sum(usages.map(({ cpuMs }) => cpuMs)),
      statements: sum(statements),
      postgresMs: postgresCpuMs(stage.dataDir),
    };
  }
}

async function arrived(on: DeliveryStage, count: number) {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const span = await on.sink.ask('span', undefined as never);
    if (span.count >= count) return span;
    if (performance.now() > end)
      throw new Error(`${count - span.count} of ${count} deliveries did not arrive`);
    await pause(20);
  }
}
