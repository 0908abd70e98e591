import { describe, expect, it } from 'vitest';
import { TokenBuckets } from './rate-limit.js';

describe('a token bucket', () => {
  it('fills up again with time, never beyond its size', () => {
    const buckets = new TokenBuckets<string>(2, 2);
    for (let call = 0; call < 4; call++) expect(buckets.take('a', 1, 0)).toBe(0);
    expect(buckets.take('a', 1, 0)).toBe(1);
    expect(buckets.take('a', 1, 500)).toBe(0);
    expect(buckets.take('a', 1, 500)).toBe(1);
    expect(buckets.take('a', 4, 1_000_000)).toBe(0);
    expect(buckets.take('a', 1, 1_000_000)).toBe(1);
  });

  it('lets a request larger than itself pass when it is full, and keeps the debt', () => {
    const buckets = new TokenBuckets<string>(1, 2);
    expect(buckets.take('a', 10, 0)).toBe(0);
    expect(buckets.take('a', 1, 0)).toBe(9);
    expect(buckets.take('a', 1, 9000)).toBe(0);
  });

  it('takes no token for what it refuses', () => {
    const buckets = new TokenBuckets<string>(1, 1);
    expect(buckets.take('a', 1, 0)).toBe(0);
    for (let time = 0; time < 1000; time += 10) expect(buckets.take('a', 1, time)).toBe(1);
    expect(buckets.take('a', 1, 1000.1)).toBe(0);
  });

  it('forgets the one unused for longest when there are too many', () => {
    const buckets = new TokenBuckets<string>(0.001, 1000, 2);
    expect([buckets.take('a', 1, 0), buckets.take('b', 1, 0), buckets.take('c', 1, 0)]).toEqual([0, 0, 0]);
    expect(buckets.take('a', 1, 0)).toBe(0);
    expect(buckets.take('c', 1, 0)).toBeGreaterThan(0);
  });

  it('limits nothing at rate 0', () => {
    const buckets = new TokenBuckets<string>(0, 1);
    for (let call = 0; call < 1000; call++) expect(buckets.take('a', 100, 0)).toBe(0);
  });
});
