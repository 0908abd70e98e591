/** Something that must be over within the same time as everything else here. */
export abstract class Timed {
  /** Milliseconds of `performance.now()`. */
  dueAt = 0;
  previous: Timed | null = null;
  next: Timed | null = null;
  abstract expire(): void;
}

/**
 * Deadlines of running calls. All have the same length, so that the list is in order of expiry and one timer serves
 * any number of calls; starting and ending a call touches two links.
 */
export class Deadlines {
  private head: Timed | null = null;
  private tail: Timed | null = null;
  private timer: NodeJS.Timeout | null = null;

  /** @param length milliseconds */
  constructor(private readonly length: number) {}

  add(entry: Timed, now: number): void {
    entry.dueAt = now + this.length;
    entry.previous = this.tail;
    entry.next = null;
    if (this.tail) this.tail.next = entry;
    else this.head = entry;
    this.tail = entry;
    this.timer ??= this.arm(this.length);
  }

  /** Harmless for an entry that is not in the list. */
  remove(entry: Timed): void {
    if (entry !== this.head && entry.previous === null) return;
    if (entry.previous) entry.previous.next = entry.next;
    else this.head = entry.next;
    if (entry.next) entry.next.previous = entry.previous;
    else this.tail = entry.previous;
    entry.previous = entry.next = null;
  }

  /** Everything at once, for the end of the process. */
  endAll(end: (entry: Timed) => void): void {
    for (let entry = this.head; entry; entry = this.head) {
      this.remove(entry);
      end(entry);
    }
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  private arm(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => this.sweep(), Math.max(1, Math.ceil(milliseconds))).unref();
  }

  private sweep(): void {
    const now = performance.now();
    for (let entry = this.head; entry && entry.dueAt <= now; entry = this.head) this.end(entry);
    this.timer = this.head && this.arm(this.head.dueAt - now);
  }

  private end(entry: Timed): void {
    this.remove(entry);
    entry.expire();
  }
}
