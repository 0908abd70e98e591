import { TIERS, type PluginsResult } from '../plugins/plugins.js';
import { atMost, number, ratio, table, withRange } from './table.js';

/** CPU of a call into a plugin of the gateway's own process, by that of a core method. */
const AIM = 1.1;

export function pluginsReport({ plan, core, tiers }: PluginsResult): string {
  const rows = TIERS.map((tier) => {
    const { cpu, callsPerSecond, p50Ms } = tiers[tier];
    return [
      tier,
      withRange(cpu, ratio),
      tier === 'process' ? atMost(cpu, AIM) : '-',
      withRange(callsPerSecond, ratio),
      number(p50Ms),
    ];
  });
  return [
    `PLUGINS  ${plan.rounds} rounds of ${plan.sliceMs} ms, ${plan.connections} connections; the core method \`test\`: ` +
      `${number(core.callsPerSecond)} calls/s, ${number(core.cpuMsPerCall * 1000)} us CPU, p50 ${number(core.p50Ms)} ms`,
    table(['a method in a', 'CPU by core', 'aim', 'calls/s by core', 'p50 ms'], rows),
  ].join('\n');
}
