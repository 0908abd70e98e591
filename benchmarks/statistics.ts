/** Middle value and the range around it. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @param sorted ascending @param part e.g. 0.99 @returns NaN for an empty list */
export function percentile(sorted: ArrayLike<number>, part: number): number {
  const index = Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1);
  return sorted[Math.max(0, index)] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** @param values milliseconds, in any order */
export function latency(values: readonly number[] | Float64Array): Latency {
  const sorted = Float64Array.from(values).sort();
  return {
    p50: percentile(sorted, 0.5),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    max: percentile(sorted, 1),
  };
}

const RESAMPLES = 1_000;

/**
 * A percentile of all values of one kind of rounds by that of another kind, which ran in turn with it.
 * @returns the ratio, and between which values 95 of 100 lie when the pairs of rounds are drawn anew (bootstrap)
 */
export function pooledRatio(
  pairs: readonly { readonly of: Float64Array; readonly by: Float64Array }[],
  part: number,
): Spread {
  const ratioOf = (drawn: typeof pairs) =>
    pooled(
      drawn.map(({ of }) => of),
      part,
    ) /
    pooled(
      drawn.map(({ by }) => by),
      part,
    );
  const draw = () =>
    pairs.map(() => pairs[Math.floor(Math.random() * pairs.length)] as (typeof pairs)[number]);
  const ratios = Float64Array.from({ length: RESAMPLES }, () => ratioOf(draw())).sort();
  return { median: ratioOf(pairs), min: percentile(ratios, 0.025), max: percentile(ratios, 0.975) };
}

export function pooled(rounds: readonly Float64Array[], part: number): number {
  return percentile(Float64Array.from(rounds.flatMap((values) => [...values])).sort(), part);
}
