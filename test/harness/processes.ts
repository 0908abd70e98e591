import { execFileSync } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface RunningProcess {
  pid: number;
  parent: number;
  args: string;
}

/** Counts the programs that this process starts. */
export class StartedPrograms {
  /** Since the start, or since it was set. */
  count = 0;
  private readonly onStart = () => {
    this.count += 1;
  };

  constructor() {
    subscribe('child_process', this.onStart);
  }

  stop(): void {
    unsubscribe('child_process', this.onStart);
  }
}

/** The processes of this machine as any user sees them; those that ended and wait for their parent do not count. */
export function runningProcesses(): RunningProcess[] {
  return existsSync('/proc/self/stat') ? fromProc() : fromPs();
}

/**
 * Those that work below a directory, even when whoever started them has gone: tests run side by side, and the machine
 * has programs of its own.
 */
export function programsIn(directory: string, words: RegExp): RunningProcess[] {
  return runningProcesses().filter(
    ({ pid, args }) =>
      words.test(args) && (args.includes(directory) || workingDirectory(pid).startsWith(directory)),
  );
}

function workingDirectory(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    // Ended while we looked, or a system without /proc, where the arguments alone tell.
    return '';
  }
}

/** Small images have no `ps`. */
function fromProc(): RunningProcess[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const args = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0').join(' ');
      return state === 'Z' || state === 'X' ? [] : [{ pid: Number(entry), parent: Number(parent), args }];
    } catch {
      // Ended while we looked.
      return [];
    }
  });
}

function fromPs(): RunningProcess[] {
  const lines = execFileSync('ps', ['-axo', 'pid=,ppid=,stat=,args=']).toString().split('\n');
  return lines.flatMap((line) => {
    const [, pid, parent, state = 'Z', args = ''] = /^ *(\d+) +(\d+) +(\S+) +(.*)$/.exec(line) ?? [];
    return state.startsWith('Z') ? [] : [{ pid: Number(pid), parent: Number(parent), args }];
  });
}
