import type { Outcome } from '../sdk/index.js';

/** How the endpoint of a subscription fares; columns of `webhook`. */
export interface EndpointHealth {
  /** Failed attempts since the last success, not counting those that ended while the breaker was open. */
  readonly failuresInRow: number;
  /** Nothing is sent before this; then one attempt at a time until one succeeds. */
  readonly breakerOpenUntil: Date | null;
  /** Each level halves how much may be in flight. */
  readonly slowLevel: number;
  /** Nothing is sent before this, because the receiver asked for a pause or said that it is overloaded. */
  readonly slowedUntil: Date | null;
  /** First failure since the last success. */
  readonly failingSince: Date | null;
  /** Since then. */
  readonly failures: number;
  /** How far on the way to being disabled the owner was told that it is: 0, 50, 80; 100 when it was disabled. */
  readonly warnedPercent: number;
}

export type Observation =
  | { readonly kind: 'success' | 'failure' | 'refusal' }
  | { readonly kind: 'overload'; readonly retryAfterMs: number };

/** What people are told of, beside the state itself. */
export type HealthNotice =
  { readonly kind: 'warned'; readonly percent: number } | { readonly kind: 'disabled' | 'recovered' };

export interface HealthOptions {
  /** Failures in a row that open the breaker. */
  readonly breakerFailures: number;
  /** How long it stays open the first time; doubled after each failed probe, up to {@link MAX_PAUSE_MS}. */
  readonly breakerPauseMs: number;
  /** First pause of an overloaded receiver that names none; doubled each time, up to a minute. */
  readonly slowdownMs: number;
}

export const DISABLE_AFTER_MS = 5 * 86_400_000;
export const DISABLE_AFTER_FAILURES = 20;
const WARN_AT_PERCENT = [50, 80];
const MAX_PAUSE_MS = 600_000;
const MAX_SLOWDOWN_MS = 60_000;
const MAX_SLOW_LEVEL = 6;
const RETRY_AFTER_CAP_MS = 24 * 3_600_000;
const OVERLOADED: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** Outcomes of ours that an adapter or the receiver is not to blame for. */
const OWN_CODES: ReadonlySet<string> = new Set([
  'EVENT_EXPIRED',
  'EVENT_EXPUNGED',
  'CONFIG_INVALID',
  'ADAPTER_THREW',
  'ADAPTER_BAD_OUTCOME',
]);

/** What an attempt says about the endpoint; null for our own faults and policy, which say nothing. */
export function observationOf({ outcome, code, status, retryAfterMs }: Outcome): Observation | null {
  if (outcome === 'delivered') return { kind: 'success' };
  if (outcome === 'blocked' || outcome === 'local_fault' || OWN_CODES.has(code)) return null;
  if (outcome === 'rejected' || outcome === 'gone') return { kind: 'refusal' };
  const isOverloaded = retryAfterMs !== undefined || (status !== undefined && OVERLOADED.has(status));
  return isOverloaded ? { kind: 'overload', retryAfterMs: retryAfterMs ?? 0 } : { kind: 'failure' };
}

/** The health after these attempts, in the order in which they ended, and what is to be told. */
export function afterAttempts(
  before: EndpointHealth,
  observations: readonly Observation[],
  now: Date,
  options: HealthOptions,
): { health: EndpointHealth; notices: HealthNotice[] } {
  const notices: HealthNotice[] = [];
  let health = before;
  for (const observation of observations) {
    if (observation.kind === 'success') {
      if (health.warnedPercent > 0) notices.push({ kind: 'recovered' });
      health = afterSuccess(health);
    } else {
      health = afterFailure(health, observation, now, options);
    }
  }
  const percent = percentOnTheWay(health, now);
  if (percent > health.warnedPercent) {
    health = { ...health, warnedPercent: percent };
    notices.push(percent === 100 ? { kind: 'disabled' } : { kind: 'warned', percent });
  }
  return { health, notices };
}

function afterSuccess({ slowLevel }: EndpointHealth): EndpointHealth {
  return {
    failuresInRow: 0,
    breakerOpenUntil: null,
    slowLevel: Math.max(0, slowLevel - 1),
    slowedUntil: null,
    failingSince: null,
    failures: 0,
    warnedPercent: 0,
  };
}

function afterFailure(
  health: EndpointHealth,
  observation: Exclude<Observation, { kind: 'success' }>,
  now: Date,
  options: HealthOptions,
): EndpointHealth {
  const failing = { ...health, failures: health.failures + 1, failingSince: health.failingSince ?? now };
  if (observation.kind === 'refusal') return failing;
  if (observation.kind === 'overload') return slowedDown(failing, observation.retryAfterMs, now, options);
  // What was on its way when the breaker opened says nothing new
  if (health.breakerOpenUntil !== null && now < health.breakerOpenUntil) return failing;
  const failuresInRow = health.failuresInRow + 1;
  const probes = failuresInRow - options.breakerFailures;
  if (probes < 0) return { ...failing, failuresInRow };
  const pauseMs = Math.min(options.breakerPauseMs * 2 ** Math.min(probes, 16), MAX_PAUSE_MS);
  return { ...failing, failuresInRow, breakerOpenUntil: new Date(now.getTime() + pauseMs) };
}

function slowedDown(
  health: EndpointHealth,
  retryAfterMs: number,
  now: Date,
  { slowdownMs }: HealthOptions,
): EndpointHealth {
  const isPausing = health.slowedUntil !== null && now < health.slowedUntil;
  const slowLevel = isPausing ? health.slowLevel : Math.min(health.slowLevel + 1, MAX_SLOW_LEVEL);
  const ownMs = isPausing ? 0 : Math.min(slowdownMs * 2 ** (slowLevel - 1), MAX_SLOWDOWN_MS);
  const until = now.getTime() + Math.max(ownMs, Math.min(retryAfterMs, RETRY_AFTER_CAP_MS));
  return { ...health, slowLevel, slowedUntil: new Date(Math.max(until, health.slowedUntil?.getTime() ?? 0)) };
}

/** Of 100; both time and number count. */
function percentOnTheWay({ failingSince, failures }: EndpointHealth, now: Date): number {
  if (failingSince === null) return 0;
  const part = Math.min(
    (now.getTime() - failingSince.getTime()) / DISABLE_AFTER_MS,
    failures / DISABLE_AFTER_FAILURES,
  );
  return [...WARN_AT_PERCENT, 100].findLast((percent) => part * 100 >= percent) ?? 0;
}
