import type { DrainsResult } from '../fanout/drains.js';
import type { FanoutResult } from '../fanout/fanout.js';
import { atLeast, atMost, judged, number, ratio, table, withRange } from './table.js';

const AIMS = { perSecond: 1_000, statements: 1, memoryMibPerMinute: 1, ratio: 1.1 } as const;

export function fanoutReport({ drains, waiting, fairness }: FanoutResult): string {
  const limit = Math.max(AIMS.ratio, fairness.noise.max);
  return [
    `FAN-OUT  ${drains.plan.events} events for ${drains.plan.subscriptions} subscriptions, accepted before anybody ` +
      `delivers; ${drains.plan.rounds} rounds`,
    drainsTable(drains, AIMS.perSecond),
    `Delivered more than once: ${drains.duplicates}`,
    '',
    `PROCESSES  the same for ${waiting.plan.subscriptions} subscriptions whose receivers take ${waiting.plan.receiverMs} ms ` +
      `each: what limits is how many deliveries a process has under way; ${waiting.plan.rounds} rounds`,
    drainsTable(waiting, null),
    growth(waiting),
    `Delivered more than once: ${waiting.duplicates}`,
    '',
    `FAIRNESS  a healthy subscription at ${fairness.plan.ratePerSecond}/s, alone (twice) and beside one that refuses ` +
      `connections and one that never answers; ${fairness.plan.rounds} rounds of ${fairness.plan.roundSeconds} s each`,
    table(
      ['end to end of all rounds, ms', 'p50', 'p99'],
      [
        ['alone', number(fairness.alone.p50), number(fairness.alone.p99)],
        ['beside them', number(fairness.beside.p50), number(fairness.beside.p99)],
      ],
    ),
    `p99 beside / alone ${withRange(fairness.ratio, ratio)}, alone / alone ${withRange(fairness.noise, ratio)}, with what ` +
      'holds 95 of 100 times: ' +
      judged('no more than the noise or 10 %', fairness.ratio, (value) => value <= limit),
    `memory in use, all rounds and their second half: ${withRange(fairness.memoryMibPerMinute)} MiB a minute: ` +
      atMost(fairness.memoryMibPerMinute, AIMS.memoryMibPerMinute, ' MiB'),
  ].join('\n');
}

function drainsTable({ results }: DrainsResult, aim: number | null): string {
  return table(
    [
      'processes',
      'deliveries/s',
      'aim',
      'statements a delivery',
      'aim',
      'CPU s/1,000',
      'PostgreSQL CPU s/1,000',
    ],
    results.map(({ workers, deliveriesPerSecond, statementsPerDelivery, cpuSecondsPer1000: cpu }) => [
      String(workers),
      withRange(deliveriesPerSecond),
      aim === null ? '-' : atLeast(deliveriesPerSecond, aim),
      withRange(statementsPerDelivery),
      atMost(statementsPerDelivery, AIMS.statements),
      withRange(cpu.workers),
      cpu.postgres ? withRange(cpu.postgres) : '-',
    ]),
  );
}

/** More processes deliver more when their slowest round is faster than the fastest one of fewer. */
function growth({ results }: DrainsResult): string {
  const steps = results.slice(1).map(({ workers, deliveriesPerSecond: more }, index) => {
    const fewer = (results[index] as (typeof results)[number]).deliveriesPerSecond;
    const step = { median: more.median / fewer.median, min: more.min / fewer.max, max: more.max / fewer.min };
    return `${workers} by ${workers - 1}: ${withRange(step, ratio)} ${judged('> 1', step, (value) => value > 1)}`;
  });
  return `Growth, ${steps.join('; ')}`;
}
