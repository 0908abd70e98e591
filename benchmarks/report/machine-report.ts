import type { CpuShares } from '../stage/cpu-watch.js';
import type { MachineFacts } from '../stage/machine.js';

export const headline = (quick: boolean): string =>
  quick
    ? 'A quick run: it shows that everything works. Its figures mean nothing.'
    : 'Figures of this machine, in this run. Ratios compare servers that ran in turn within it and carry over to other\n' +
      'machines; absolute numbers do not. Behind each median stands the range of the rounds: (lowest..highest).';

export function machineReport(facts: MachineFacts, seconds: number, cpu: CpuShares | null): string {
  return [
    `machine   ${facts.cores} x ${facts.cpu}, ${facts.memoryGib} GiB, ${facts.os}; load before the run ${facts.loadBefore}`,
    `software  node ${facts.node}, PostgreSQL ${facts.postgres} (synchronous_commit=${facts.synchronousCommit}), ` +
      `forgegate ${facts.commit ?? 'of unknown commit'}`,
    ...(cpu
      ? [`cores     ${cpu.benchmark} % this benchmark, ${cpu.others} % other programs${warning(cpu)}`]
      : []),
    `shared by gateway, PostgreSQL, load generator and sink, nothing pinned; took ${seconds} s`,
  ].join('\n');
}

const MUCH_PERCENT = 10;

const warning = ({ others }: CpuShares): string =>
  others > MUCH_PERCENT ? ': NOT A QUIET MACHINE, only ratios of calls and CPU mean something' : '';
