import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import type { Stage } from './stage.js';

export interface MachineFacts {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly os: string;
  readonly node: string;
  readonly postgres: string;
  readonly synchronousCommit: string;
  /** Load average of the last minute before the first round: what else ran. */
  readonly loadBefore: number;
  /** Null outside of a git work tree. */
  readonly commit: string | null;
}

export async function machineFacts(stage: Stage): Promise<MachineFacts> {
  const loadBefore = loadavg()[0] ?? 0;
  const [row] = await stage.query(
    `SELECT current_setting('server_version') AS version, current_setting('synchronous_commit') AS commit`,
  );
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGib: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release()}`,
    node: process.version,
    postgres: String(row?.version),
    synchronousCommit: String(row?.commit),
    loadBefore: Math.round(loadBefore * 100) / 100,
    commit: commit(),
  };
}

function commit(): string | null {
  try {
    const id = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const changed = execFileSync('git', ['status', '--porcelain', '--untracked-files=no', 'src', 'plugins']);
    return id.toString().trim() + (changed.length > 0 ? ' with changes' : '');
  } catch {
    return null;
  }
}

const TICK_MS = 10;

/** CPU time of PostgreSQL, all its processes together, in milliseconds; null where /proc does not tell. */
export function postgresCpuMs(dataDir: string): number | null {
  try {
    const postmaster = Number(readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]);
    let ticks = 0;
    for (const entry of readdirSync('/proc')) {
      if (!/^\d+$/.test(entry)) continue;
      const fields = statOf(entry);
      if (!fields) continue;
      const [, parent] = fields;
      const own = Number(fields[11]) + Number(fields[12]);
      // what ended meanwhile is counted with the one that waited for it
      if (Number(entry) === postmaster) ticks += own + Number(fields[13]) + Number(fields[14]);
      else if (Number(parent) === postmaster) ticks += own;
    }
    return ticks * TICK_MS;
  } catch {
    return null;
  }
}

/** From `state` on, which stands behind the name in parentheses; null when the process is gone. */
function statOf(pid: string): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
