/** As many wait for each place at most. */
const WAITING_PER_PLACE = 4;

interface Waiting {
  readonly client: string;
  readonly end: (slot: (() => void) | null) => void;
}

/** Bounds how many may be busy at once, in all and for each client, so that none takes all of it. */
export class Slots {
  private taken = 0;
  private readonly byClient = new Map<string, number>();
  /** In the order of their coming. */
  private readonly waiting = new Set<Waiting>();

  /** @param waitMs how long {@link wait} waits */
  constructor(
    private readonly max: number,
    private readonly maxPerClient: number,
    private readonly waitMs = 0,
  ) {}

  /** How many may be busy or wait. */
  get room(): number {
    return this.waitMs === 0 ? this.max : this.max * (1 + WAITING_PER_PLACE);
  }

  get isFull(): boolean {
    return this.taken >= this.max;
  }

  /** @returns a function that gives the slot back; null when there is none */
  take(client: string): (() => void) | null {
    const own = this.byClient.get(client) ?? 0;
    if (this.isFull || own >= this.maxPerClient) return null;
    this.taken += 1;
    this.byClient.set(client, own + 1);
    return () => {
      this.taken -= 1;
      const left = (this.byClient.get(client) ?? 1) - 1;
      if (left === 0) this.byClient.delete(client);
      else this.byClient.set(client, left);
      this.next();
    };
  }

  /**
   * As {@link take}, but waits for a slot when there is none, in turn with others.
   * @returns null also when too many wait already, and when the signal aborts
   */
  wait(client: string, signal: AbortSignal): Promise<(() => void) | null> {
    const slot = this.take(client);
    if (slot !== null || signal.aborted || !this.mayWait(client)) return Promise.resolve(slot);
    return new Promise((resolve) => {
      const giveUp = () => waiting.end(null);
      const timer = setTimeout(giveUp, this.waitMs);
      const waiting: Waiting = {
        client,
        end: (result) => {
          clearTimeout(timer);
          signal.removeEventListener('abort', giveUp);
          this.waiting.delete(waiting);
          resolve(result);
        },
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.waiting.add(waiting);
    });
  }

  /** Nobody waits any longer. */
  refuseWaiting(): void {
    for (const { end } of this.waiting) end(null);
  }

  private mayWait(client: string): boolean {
    if (this.waitMs === 0 || this.waiting.size >= this.max * WAITING_PER_PLACE) return false;
    const own = [...this.waiting].filter((each) => each.client === client);
    return own.length < this.maxPerClient * WAITING_PER_PLACE;
  }

  /** A slot has become free. */
  private next(): void {
    for (const { client, end } of this.waiting) {
      const slot = this.take(client);
      if (slot !== null) return end(slot);
    }
  }
}
