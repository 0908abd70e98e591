import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { sum } from '../statistics.js';

/** Of all the time that the cores had, in percent. */
export interface CpuShares {
  readonly benchmark: number;
  /** Whatever else ran on this machine. More than a little, and absolute figures say nothing. */
  readonly others: number;
}

const TICK_MS = 10;

/** Tells afterwards how much of the machine other programs took away; null where /proc does not tell. */
export class CpuWatch {
  private readonly startedAt = performance.now();
  private readonly busyBefore = busyMs();
  private readonly ownBefore = ownMs();

  /** To be called when all processes that were started have ended: only then does the system tell their time. */
  shares(): CpuShares | null {
    const busy = busyMs();
    const own = ownMs();
    if (busy === null || own === null || this.busyBefore === null || this.ownBefore === null) return null;
    const available = (performance.now() - this.startedAt) * availableParallelism();
    const benchmark = own - this.ownBefore;
    const percent = (ms: number) => Math.max(0, Math.round((ms / available) * 100));
    return { benchmark: percent(benchmark), others: percent(busy - this.busyBefore - benchmark) };
  }
}

function busyMs(): number | null {
  try {
    const total = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1] ?? '';
    // user, nice, system, idle, waiting for a disk, interrupts, soft interrupts, taken by the host
    const times = total.split(' ').slice(0, 8).map(Number);
    return sum(times.filter((_, index) => index !== 3 && index !== 4)) * TICK_MS;
  } catch {
    return null;
  }
}

/** This process and all that it has started and that have ended. */
function ownMs(): number | null {
  try {
    const text = readFileSync('/proc/self/stat', 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return sum(fields.slice(11, 15).map(Number)) * TICK_MS;
  } catch {
    return null;
  }
}
