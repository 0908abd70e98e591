import type { ChangeFeed } from './change-feed.js';

export interface CacheOptions {
  clearOn?: readonly string[];
  dropOn?: readonly string[];
  max?: number;
}

/**
 * An LRU of loaded values that is right across the cluster: dropped by the change feed, silent while the feed is down,
 * and never filled with a value that was read before a change and arrived after it.
 */
export class CachedLookup<K extends string | number, V extends NonNullable<unknown>> {
  /** In order of use, the one unused for longest first. Emptying costs what is in it, not what could be. */
  private readonly entries = new Map<K, V>();
  private readonly max: number;
  private generation = 0;

  /** @param clearOn topics that empty it; @param dropOn topics whose subject is a key of it */
  constructor(
    private readonly feed: ChangeFeed,
    { clearOn = [], dropOn = [], max = 10_000 }: CacheOptions,
  ) {
    this.max = max;
    for (const topic of clearOn) feed.on(topic, () => this.clear());
    for (const topic of dropOn) feed.on(topic, (subject) => this.drop(subject));
  }

  /** The value if it is at hand; no tick is spent. */
  peek(key: K): V | undefined {
    if (!this.feed.isLive) return undefined;
    const value = this.entries.get(key);
    if (value === undefined || this.entries.size < this.max / 2) return value;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  async get(key: K, load: () => Promise<V | null>): Promise<V | null> {
    const cached = this.peek(key);
    if (cached !== undefined) return cached;
    const before = this.generation;
    const value = await load();
    if (value !== null && before === this.generation && this.feed.isLive) this.keep(key, value);
    return value;
  }

  clear(): void {
    this.generation += 1;
    this.entries.clear();
  }

  private keep(key: K, value: V): void {
    this.entries.delete(key);
    this.entries.set(key, value);
    if (this.entries.size <= this.max) return;
    for (const oldest of this.entries.keys()) {
      this.entries.delete(oldest);
      return;
    }
  }

  private drop(subject: string | null): void {
    if (subject === null) return this.clear();
    this.generation += 1;
    this.entries.delete(subject as K);
    this.entries.delete(Number(subject) as K);
  }
}
