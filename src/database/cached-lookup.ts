import { LRUCache } from 'lru-cache';
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
  private readonly entries: LRUCache<K, V>;
  private generation = 0;

  /** @param clearOn topics that empty it; @param dropOn topics whose subject is a key of it */
  constructor(
    private readonly feed: ChangeFeed,
    { clearOn = [], dropOn = [], max = 10_000 }: CacheOptions,
  ) {
    this.entries = new LRUCache<K, V>({ max });
    for (const topic of clearOn) feed.on(topic, () => this.clear());
    for (const topic of dropOn) feed.on(topic, (subject) => this.drop(subject));
  }

  /** The value if it is at hand; no tick is spent. */
  peek(key: K): V | undefined {
    return this.feed.isLive ? this.entries.get(key) : undefined;
  }

  async get(key: K, load: () => Promise<V | null>): Promise<V | null> {
    const cached = this.peek(key);
    if (cached !== undefined) return cached;
    const before = this.generation;
    const value = await load();
    if (value !== null && before === this.generation && this.feed.isLive) this.entries.set(key, value);
    return value;
  }

  clear(): void {
    this.generation += 1;
    this.entries.clear();
  }

  private drop(subject: string | null): void {
    if (subject === null) return this.clear();
    this.generation += 1;
    this.entries.delete(subject as K);
    this.entries.delete(Number(subject) as K);
  }
}
