import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';

/** What a postmaster writes about itself into its data folder. */
export interface PidFile {
  readonly pid: number;
  /** Null when written so far only in part. */
  readonly socketDir: string | null;
}

export async function readPidFile(dataDir: string): Promise<PidFile | null> {
  const text = await readFile(pidFilePath(dataDir), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number.parseInt(lines[0] ?? '', 10);
  return pid > 0 ? { pid, socketDir: lines[4]?.trim() || null } : null;
}

/**
 * Ends a postmaster that its gateway left behind, and waits until it is gone. A pid file that names a process which
 * is no postmaster of this folder (a number used again after a reboot, usual in containers) is removed: PostgreSQL
 * itself would refuse to start.
 */
export async function clearLeftover(
  dataDir: string,
  left: PidFile,
  log: (text: string) => void,
): Promise<void> {
  const command = await commandOf(left.pid);
  if (command === null) return;
  if (!command.includes(dataDir)) {
    await rm(pidFilePath(dataDir), { force: true });
    return;
  }
  log(`Waiting for the PostgreSQL of an earlier start (process ${left.pid}) to end`);
  for (let round = 0; (await commandOf(left.pid)) !== null; round++) {
    // fast shutdown, then (10 s, 20 s) the immediate one, after which the next start recovers from the log
    if (round % 200 === 0) process.kill(left.pid, round < 200 ? 'SIGINT' : 'SIGQUIT');
    if (round > 600) return;
    await pause(50);
  }
}

/** Command line of a living process; null when there is none or it is a zombie. */
async function commandOf(pid: number): Promise<string | null> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: somebody else's process, so not the postmaster of our folder
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? '' : null;
  }
  if (process.platform === 'linux') {
    // empty for zombies and kernel threads
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return text === '' ? null : text.replaceAll('\0', ' ');
  }
  const listed = await promisify(execFile)('ps', ['-ww', '-o', 'args=', '-p', String(pid)]).catch(() => null);
  return listed?.stdout.trim() || null;
}

function pidFilePath(dataDir: string): string {
  return join(dataDir, 'postmaster.pid');
}
