import type { FanoutResult } from '../fanout/fanout.js';
import { aimed, number, ratio, table, withRange } from './table.js';

const AIMS = { perSecond: 1_000, statements: 1, memoryMibPerMinute: 1, ratio: 1.1 } as const;

export function fanoutReport({ drains, fairness }: FanoutResult): string {
  const { plan, results, duplicates } = drains;
  const isFair = fairness.ratio.median <= Math.max(AIMS.ratio, fairness.noise.max);
  return [
    `FAN-OUT  ${plan.events} events for ${plan.subscriptions} subscriptions, accepted before anybody delivers; ` +
      `${plan.rounds} rounds`,
    table(
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
        aimed(`>= ${AIMS.perSecond}`, deliveriesPerSecond.median >= AIMS.perSecond),
        withRange(statementsPerDelivery),
        aimed(`<= ${AIMS.statements}`, statementsPerDelivery.median <= AIMS.statements),
        withRange(cpu.workers),
        cpu.postgres ? withRange(cpu.postgres) : '-',
      ]),
    ),
    `Delivered more than once: ${duplicates}`,
    '',
    `FAIRNESS  a healthy subscription at ${fairness.plan.ratePerSecond}/s, alone and beside one that refuses connections ` +
      `and one that never answers; ${fairness.plan.rounds} rounds of ${fairness.plan.roundSeconds} s`,
    table(
      ['end to end, ms', 'p50', 'p99'],
      [
        ['alone', withRange(fairness.alone.p50), withRange(fairness.alone.p99)],
        ['beside them', withRange(fairness.beside.p50), withRange(fairness.beside.p99)],
      ],
    ),
    `p99 beside / alone ${withRange(fairness.ratio, ratio)}, noise ${withRange(fairness.noise, ratio)}: ` +
      aimed('no more than the noise or 10 %', isFair),
    `memory in use ${number(fairness.memoryMibPerMinute)} MiB a minute: ` +
      aimed('<= 1 MiB', fairness.memoryMibPerMinute <= AIMS.memoryMibPerMinute),
  ].join('\n');
}
