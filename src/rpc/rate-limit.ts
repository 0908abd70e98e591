import { LRUCache } from 'lru-cache';

interface Bucket {
  tokens: number;
  /** Milliseconds of `performance.now()` at which `tokens` was right. */
  at: number;
}

/** Token buckets by name. Memory is bounded: the bucket unused for longest goes first, and it was about full again anyway. */
export class TokenBuckets<Name extends string | number> {
  private readonly buckets: LRUCache<Name, Bucket>;
  private readonly size: number;

  /**
   * @param rate tokens a second; 0 = no limit
   * @param burst size of a bucket in seconds of `rate`
   */
  constructor(
    private readonly rate: number,
    burst: number,
    capacity = 20_000,
  ) {
    this.size = Math.max(1, rate * burst);
    this.buckets = new LRUCache({ max: capacity });
  }

  /**
   * Takes `count` tokens. A request larger than the bucket passes when the bucket is full, and leaves a debt.
   * @param now milliseconds of `performance.now()`
   * @returns 0 when granted, else the whole seconds after which it would be
   */
  take(name: Name, count: number, now: number): number {
    if (this.rate === 0) return 0;
    let bucket = this.buckets.get(name);
    if (!bucket) this.buckets.set(name, (bucket = { tokens: this.size, at: now }));
    const tokens = Math.min(this.size, bucket.tokens + ((now - bucket.at) / 1000) * this.rate);
    const needed = Math.min(count, this.size);
    bucket.at = now;
    bucket.tokens = tokens;
    if (tokens < needed) return Math.max(1, Math.ceil((needed - tokens) / this.rate));
    bucket.tokens = tokens - count;
    return 0;
  }

  /** Undoes a `take` that need not have been. */
  giveBack(name: Name, count: number): void {
    const bucket = this.buckets.get(name);
    if (bucket) bucket.tokens = Math.min(this.size, bucket.tokens + count);
  }
}
