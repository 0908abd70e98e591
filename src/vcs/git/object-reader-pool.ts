import { aborted, orAborted } from '../process.js';
import { VcsError, type OperationOptions } from '../vcs.js';
import { ObjectReader, type ObjectRequest } from './object-reader.js';
import type { GitAnswer } from './object-stream.js';

export interface PoolLimits {
  /** Processes kept over all repositories. */
  processes: number;
  /** Answers after which a process is replaced. */
  answers: number;
  idleMs: number;
  /** For a batch that nobody else ends; five minutes unless given. */
  batchMs?: number;
}

interface Slot {
  reader: ObjectReader | null;
  /** End of the last batch given to this repository. */
  tail: Promise<unknown>;
  /** Ends of the processes that were replaced; nobody waits for one that hangs. */
  replaced: Promise<unknown>;
  waiting: number;
  timer: NodeJS.Timeout | null;
}

const DEFAULTS = { processes: 16, answers: 10_000, idleMs: 30_000, batchMs: 300_000 };

/**
 * Long-lived readers, one a repository: an object then costs some 30 microseconds instead of a process. Batches of one
 * repository wait for each other; repositories do not.
 */
export class ObjectReaderPool {
  /** Least recently used first. */
  private readonly slots = new Map<string, Slot>();
  private closed = false;

  constructor(
    private readonly start: (path: string) => Promise<ObjectReader>,
    private readonly limits: PoolLimits = DEFAULTS,
  ) {}

  async read(
    path: string,
    requests: readonly ObjectRequest[],
    options: OperationOptions = {},
  ): Promise<GitAnswer[]> {
    const slot = this.slot(path);
    slot.waiting += 1;
    const turn = slot.tail.then(() => this.readNow(path, slot, requests, options));
    slot.tail = turn.catch(() => undefined);
    try {
      // Whoever is in front may hang for longer than this caller has time
      return await orAborted(turn, options.signal);
    } finally {
      slot.waiting -= 1;
      if (slot.waiting === 0) this.rest(path, slot);
    }
  }

  /** Ends the processes of the repository and of those below the directory, after the batches that wait already. */
  async release(directory: string): Promise<void> {
    const inside = [...this.slots].filter(([path]) => path === directory || path.startsWith(`${directory}/`));
    await Promise.all(inside.map(([path, slot]) => this.end(path, slot)));
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.slots].map(([path, slot]) => this.end(path, slot)));
  }

  private slot(path: string): Slot {
    if (this.closed) throw new VcsError('FAILED', 'version control is shutting down');
    const slot = this.slots.get(path) ?? emptySlot();
    this.slots.delete(path);
    this.slots.set(path, slot);
    if (slot.timer !== null) clearTimeout(slot.timer);
    return slot;
  }

  private async readNow(
    path: string,
    slot: Slot,
    requests: readonly ObjectRequest[],
    { signal }: OperationOptions,
  ) {
    if (signal?.aborted) throw aborted();
    if (slot.reader !== null && (slot.reader.broken || slot.reader.served >= this.limits.answers))
      slot.replaced = Promise.all([slot.replaced, this.drop(slot)]);
    slot.reader ??= await this.start(path);
    return slot.reader.read(requests, signal ?? AbortSignal.timeout(this.limits.batchMs ?? DEFAULTS.batchMs));
  }

  /** Nobody waits: keep the process for a while, unless there are too many. */
  private rest(path: string, slot: Slot): void {
    slot.timer = setTimeout(() => this.forget(path, slot), this.limits.idleMs).unref();
    for (const [other, idle] of this.slots) {
      if (this.slots.size <= this.limits.processes) return;
      if (idle.waiting === 0) this.forget(other, idle);
    }
  }

  private forget(path: string, slot: Slot): void {
    if (slot.waiting > 0) return;
    this.slots.delete(path);
    slot.tail = slot.tail.then(() => this.drop(slot));
  }

  private async end(path: string, slot: Slot): Promise<void> {
    if (slot.waiting === 0) this.slots.delete(path);
    slot.tail = slot.tail.then(() => this.drop(slot));
    await slot.tail;
    await slot.replaced;
  }

  private async drop(slot: Slot): Promise<void> {
    const { reader } = slot;
    slot.reader = null;
    if (slot.timer !== null) clearTimeout(slot.timer);
    await reader?.end();
  }
}

const emptySlot = (): Slot => ({
  reader: null,
  tail: Promise.resolve(),
  replaced: Promise.resolve(),
  waiting: 0,
  timer: null,
});
