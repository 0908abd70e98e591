import type { ClientsResult } from '../clients/clients.js';
import { atLeast, number, ratio, table, withRange } from './table.js';

const AIM = 0.9;

export function clientsReport({ plan, comparisons }: ClientsResult): string {
  const rows = comparisons.map(({ operation, ratio: ratios, mibPerSecond: { gateway, bare } }) => [
    `git ${operation}`,
    withRange(ratios, ratio),
    atLeast(ratios, AIM),
    withRange(gateway, number),
    withRange(bare, number),
  ]);
  return [
    `CLIENTS  ${plan.rounds} rounds; packs of ${plan.mib} MiB, a real git, the same files`,
    table(['gateway / git http-backend', 'ratio', 'aim', 'gateway MiB/s', 'bare MiB/s'], rows),
  ].join('\n');
}
