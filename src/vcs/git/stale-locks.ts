import type { Dirent } from 'node:fs';
import { readdir, realpath, rm, stat, unlink } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Logger } from '@nestjs/common';
import { mayWriteIn, QUARANTINE } from './git-processes.js';
import { clearPulls } from './pull-quarantine.js';

/** No transaction of refs lasts so long: for processes of other machines, which nobody sees here. */
const ELSEWHERE_MS = 600_000;
/** No push lasts so long. */
const NO_PUSH_MS = 86_400_000;
const LOCK = '.lock';
/** Beside the refs, what git locks to write them. */
const PACKED = 'packed-refs.lock';
const UNFINISHED_PACK = 'packed-refs.new';
const TOP = new Set(['HEAD.lock', 'config.lock', PACKED]);
/** Refs of pull requests are written by the gateway alone, and there may be many. */
const OWN_REFS = 'pull';

/**
 * What a git left behind when it was killed: locks, until which are gone nobody can write what they stand for, and
 * objects that nobody will ever store. They go only when no process of this machine can have made them, and when they are older than any that is in use elsewhere.
 */
export class StaleLocks {
  private readonly log = new Logger('StaleLocks');

  /** @param removableAfterMs age of a lock; less where no other machine works on the repositories */
  constructor(private readonly removableAfterMs = ELSEWHERE_MS) {}

  /** Before a program writes that tells its client of a lock instead of us. */
  async clear(gitDir: string): Promise<void> {
    for await (const lock of locksIn(gitDir)) await this.remove(lock, gitDir);
    const objects = join(gitDir, 'objects');
    for (const { name } of await entriesOf(objects))
      if (name.startsWith(QUARANTINE)) await this.removeQuarantine(join(objects, name), gitDir);
    await clearPulls(gitDir);
  }

  /** @param stderr of a git that could not write. @returns whether it named a stale lock, which is gone now */
  async clearNamed(stderr: string, gitDir: string): Promise<boolean> {
    const [, lock] = /Unable to create '([^\n]+\.lock)': File exists/.exec(stderr) ?? [];
    if (lock === undefined || !lock.startsWith(gitDir + sep)) return false;
    return this.remove(lock, gitDir);
  }

  private async removeQuarantine(directory: string, gitDir: string): Promise<void> {
    const found = await stat(directory).catch(() => null);
    if (!found?.isDirectory() || Date.now() - found.mtimeMs < NO_PUSH_MS) return;
    if (await mayWriteIn([gitDir, await realpath(gitDir)], found.mtimeMs)) return;
    await rm(directory, { recursive: true, force: true });
    this.log.warn(`removed ${directory}, which a git that was killed had left behind`);
  }

  private async remove(lock: string, gitDir: string): Promise<boolean> {
    const found = await stat(lock).catch(() => null);
    if (!found?.isFile() || Date.now() - found.mtimeMs < this.removableAfterMs) return false;
    const directories = [gitDir, await realpath(gitDir)];
    if (await mayWriteIn(directories, found.mtimeMs)) return false;
    const again = await stat(lock).catch(() => null);
    // Somebody else removed it, and a new one may be in use
    if (again?.ino !== found.ino || again.ctimeMs !== found.ctimeMs) return false;
    // Written under the lock, so that it may go as long as the lock is there
    if (lock === join(gitDir, PACKED)) await unlink(join(gitDir, UNFINISHED_PACK)).catch(() => undefined);
    await unlink(lock);
    this.log.warn(`removed ${lock}, which a git that was killed had left behind`);
    return true;
  }
}

async function* locksIn(gitDir: string): AsyncIterable<string> {
  for (const { name } of await entriesOf(gitDir)) if (TOP.has(name)) yield join(gitDir, name);
  yield* locksBelow(join(gitDir, 'refs'), OWN_REFS);
}

async function* locksBelow(directory: string, except?: string): AsyncIterable<string> {
  for (const entry of await entriesOf(directory)) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && entry.name !== except) yield* locksBelow(path);
    else if (entry.isFile() && entry.name.endsWith(LOCK)) yield path;
  }
}

const entriesOf = (directory: string): Promise<Dirent[]> =>
  readdir(directory, { withFileTypes: true }).catch(() => []);
