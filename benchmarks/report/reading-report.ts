import type { ReadingResult } from '../reading/reading.js';
import { atMost, number, ratio, table, withRange } from './table.js';

const CHANGESET_AIM_MS = 5;

export function readingReport({ plan, sizes, comparisons, changeset }: ReadingResult): string {
  const rows = comparisons.map(({ type, method, aim, first, again, ms }) => [
    `${method}, ${type}`,
    withRange(first, ratio),
    withRange(again, ratio),
    atMost(first, aim),
    atMost(again, aim),
    number(ms.first.median),
    number(ms.again.median),
    number(ms.bare.median),
  ]);
  const latencies = changeset.map(({ type, latency: { p50, p95, p99 } }) => [
    `get_changeset, ${type}`,
    number(p50),
    atMost({ median: p50, min: p50, max: p95 }, CHANGESET_AIM_MS),
    number(p95),
    number(p99),
  ]);
  return [
    `READING  ${plan.rounds} rounds of ${plan.visits} visits; 1,000 of ${sizes.changesets} changesets, ${sizes.entries} entries of a tree`,
    table(
      [
        'ratio of times, gateway / bare',
        'first',
        'again',
        'aim, first',
        'aim, again',
        'first ms',
        'again ms',
        'bare ms',
      ],
      rows,
    ),
    '',
    table([`warm, ${plan.changesetCalls} calls`, 'p50 ms', 'aim', 'p95 ms', 'p99 ms'], latencies),
  ].join('\n');
}
