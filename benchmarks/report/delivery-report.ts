import type { DeliveryResult } from '../delivery/delivery.js';
import type { Spread } from '../statistics.js';
import type { RateResult } from '../delivery/latency.js';
import { aimed, atLeast, atMost, number, table, withRange } from './table.js';

/** What `../shared/spec/webhooks.md` 6.3 commits to, in milliseconds and per second. */
export const AIMS = {
  p50At50: 15,
  p95At200: 50,
  p99At200: 150,
  idleP99: 100,
  sustained: 600,
  drainPerSecond: 1_000,
  acceptExtraP50: 1,
  rssMib: 350,
} as const;

export function deliveryReport(result: DeliveryResult): string {
  const { plan, rates, idle, sustainedPerSecond, steps, accept, drainedPerSecond, duplicates } = result;
  const at = (rate: number) => rates.find(({ ratePerSecond }) => ratePerSecond === rate);
  const aims = [
    ...rateAims(at(50), at(200)),
    [
      'idle wake-up, p99',
      `${number(idle.endToEnd.p99)} ms`,
      aimed(`<= ${AIMS.idleP99} ms`, idle.endToEnd.p99 <= AIMS.idleP99),
    ],
    [
      'sustained, accepted and delivered',
      `${withRange(sustainedPerSecond)}/s`,
      atLeast(sustainedPerSecond, AIMS.sustained, '/s'),
    ],
    [
      `drain of ${plan.drain.events} events`,
      `${withRange(drainedPerSecond)}/s`,
      atLeast(drainedPerSecond, AIMS.drainPerSecond, '/s'),
    ],
    [
      'accepting an event, p50 above the plain call',
      `${withRange(accept.extraP50Ms)} ms`,
      atMost(accept.extraP50Ms, AIMS.acceptExtraP50, ' ms'),
    ],
  ];
  return [
    `DELIVERY  update_repo with a new description -> repo.updated -> one subscription; ${plan.rounds} rounds of ` +
      `${plan.roundSeconds} s at each rate`,
    table(['figure', 'measured', 'aim'], aims),
    '',
    table(
      ['end to end, ms', 'p50', 'p95', 'p99', 'max', 'answer p50', 'answer p99'],
      [
        ...rates.map(({ ratePerSecond, endToEnd, accept: answer }) => [
          `${ratePerSecond}/s`,
          ...[endToEnd.p50, endToEnd.p95, endToEnd.p99, endToEnd.max, answer.p50, answer.p99].map((each) =>
            withRange(each),
          ),
        ]),
        [
          `${idle.events} single events`,
          ...[idle.endToEnd.p50, idle.endToEnd.p95, idle.endToEnd.p99, idle.endToEnd.max].map(number),
        ],
      ],
    ),
    '',
    table(
      ['CPU s for 1,000 events', 'gateway', 'PostgreSQL', 'sink', 'load', 'gateway RSS MiB'],
      rates.map(({ ratePerSecond, cpuSecondsPer1000: cpu, gatewayRssMib }) => [
        `${ratePerSecond}/s`,
        ...[cpu.gateway, cpu.postgres, cpu.sink, cpu.load, gatewayRssMib].map(number),
      ]),
    ),
    '',
    table(
      ['offered', 'delivered/s', 'backlog', 'unanswered', 'p50 ms', 'p99 ms', 'sustained'],
      steps.map((step) => [
        `${step.offeredPerSecond}/s`,
        number(step.deliveredPerSecond),
        String(step.backlog),
        String(step.unanswered),
        number(step.endToEnd.p50),
        number(step.endToEnd.p99),
        step.sustained ? 'yes' : 'no',
      ]),
    ),
    '',
    table(
      ['accepting, one connection', 'p50 ms', 'gateway CPU s/1,000'],
      [
        ['with an event', number(accept.withEvent.p50Ms), number(accept.withEvent.cpuSecondsPer1000)],
        ['nothing changed', number(accept.withoutEvent.p50Ms), number(accept.withoutEvent.cpuSecondsPer1000)],
      ],
    ),
    `Accepted with 8 connections, delivering nothing: ${withRange(accept.acceptedPerSecond)}/s`,
    `Delivered more than once: ${duplicates}; lost: 0 (a loss ends the run)`,
  ].join('\n');
}

function rateAims(at50: RateResult | undefined, at200: RateResult | undefined): string[][] {
  const row = (what: string, values: Spread, aim: number) => [
    what,
    `${withRange(values)} ms`,
    atMost(values, aim, ' ms'),
  ];
  return [
    ...(at50 ? [row('50/s, p50', at50.endToEnd.p50, AIMS.p50At50)] : []),
    ...(at200
      ? [
          row('200/s, p95', at200.endToEnd.p95, AIMS.p95At200),
          row('200/s, p99', at200.endToEnd.p99, AIMS.p99At200),
          [
            '200/s, RSS of the gateway',
            `${number(at200.gatewayRssMib)} MiB`,
            aimed(`<= ${AIMS.rssMib} MiB`, at200.gatewayRssMib <= AIMS.rssMib),
          ],
        ]
      : []),
  ];
}
