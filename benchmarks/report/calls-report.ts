import { METHODS, SERVERS } from '../calls/calls-stage.js';
import type { CallsResult } from '../calls/calls.js';
import { atLeast, number, ratio, table, withRange } from './table.js';

export function callsReport({ plan, methods, loadCpuSecondsPer1000 }: CallsResult): string {
  const comparisons = METHODS.flatMap((method) =>
    methods[method].comparisons.map(({ gateway, baseline, aim, callsPerSecond, p99, cpu }) => [
      `${method}: ${gateway} / ${baseline}`,
      withRange(callsPerSecond, ratio),
      atLeast(callsPerSecond, aim),
      ratio(cpu),
      withRange(p99, ratio),
    ]),
  );
  const servers = METHODS.flatMap((method) =>
    SERVERS.map((name) => {
      const { callsPerSecond, p50Ms, p99Ms, ...cost } = methods[method].servers[name];
      return [
        `${method}: ${name}`,
        withRange(callsPerSecond),
        number(p50Ms),
        withRange(p99Ms),
        number(cost.cpuSecondsPer1000),
        number(cost.postgresCpuSecondsPer1000),
        number(cost.rssMib),
      ];
    }),
  );
  const statements = METHODS.map((method) => {
    const { gateway, bare } = methods[method].statements;
    const [cold] = methods[method].comparisons;
    const each = ratio(((cold?.callsPerSecond.median ?? Number.NaN) * gateway) / bare);
    return `${method} ${gateway}, bare ${bare}, so that the ratio per statement is ${each}`;
  });
  return [
    `CALLS  ${plan.rounds} rounds of ${plan.sliceMs / 1000} s each, ${plan.connections} keep-alive connections`,
    table(['ratio, gateway / bare', 'calls/s', 'aim', 'CPU per call', 'p99'], comparisons),
    '',
    table(
      ['server', 'calls/s', 'p50 ms', 'p99 ms', 'CPU s/1,000', 'PostgreSQL CPU s/1,000', 'RSS MiB'],
      servers,
    ),
    '',
    `SQL statements of a call without caches: ${statements.join('; ')}`,
    `CPU of the load generator: ${number(loadCpuSecondsPer1000)} s for 1,000 calls`,
  ].join('\n');
}
