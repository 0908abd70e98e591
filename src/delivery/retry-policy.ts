import type { Outcome } from '../sdk/index.js';
import type { DeliveryState } from './delivery-record.js';

const RETRY_AFTER_CAP_MS = 24 * 3_600_000;
const JITTER = 0.2;
/** For faults of our own side, which pass or get noticed: seconds before the next try. */
const LOCAL_FAULT_STEPS_S = [5, 30, 60, 300, 900, 3600];

export interface RetryPolicyOptions {
  /** Seconds before attempt 2, 3, ... */
  readonly scheduleS: readonly number[];
  /** A delivery that only our own faults keep from its receiver is given up at this age. */
  readonly giveUpAfterMs: number;
  /** 0 <= x < 1; injected by tests. */
  readonly random?: () => number;
}

export interface Attempted {
  readonly outcome: Outcome;
  /** Attempts so far, this one included. */
  readonly attempts: number;
  /** Attempts before the schedule (re)started: 0, or what there were when it was sent again. */
  readonly roundStart: number;
  /** Attempts of this round that failed by our own fault, this one not included. */
  readonly localFaults: number;
  readonly ageMs: number;
  /** The subscription's own schedule, in seconds; null for the one of all. */
  readonly scheduleS?: readonly number[] | null;
}

export interface Verdict {
  readonly state: Extract<
    DeliveryState,
    'pending' | 'delivered' | 'failed' | 'gone' | 'rejected' | 'blocked'
  >;
  /** Until the next attempt; null when there is none. */
  readonly delayMs: number | null;
  readonly localFaults: number;
}

/** What happens after an attempt. Only faults of the receiver use up the schedule. */
export class RetryPolicy {
  private readonly random: () => number;

  constructor(private readonly options: RetryPolicyOptions) {
    this.random = options.random ?? Math.random;
  }

  decide(attempted: Attempted): Verdict {
    const { outcome, localFaults } = attempted;
    if (outcome.outcome === 'retry') return this.afterRetry(attempted);
    if (outcome.outcome === 'local_fault') return this.afterLocalFault(attempted);
    return { state: outcome.outcome, delayMs: null, localFaults };
  }

  private afterRetry({ outcome, attempts, roundStart, localFaults, scheduleS }: Attempted): Verdict {
    const tries = attempts - roundStart - localFaults;
    const seconds = (scheduleS ?? this.options.scheduleS)[tries - 1];
    if (seconds === undefined) return { state: 'failed', delayMs: null, localFaults };
    const asked = Math.min(outcome.retryAfterMs ?? 0, RETRY_AFTER_CAP_MS);
    return { state: 'pending', delayMs: Math.max(this.jittered(seconds), asked), localFaults };
  }

  private afterLocalFault({ localFaults, ageMs }: Attempted): Verdict {
    const faults = localFaults + 1;
    if (ageMs > this.options.giveUpAfterMs) return { state: 'failed', delayMs: null, localFaults: faults };
    const seconds = LOCAL_FAULT_STEPS_S[Math.min(localFaults, LOCAL_FAULT_STEPS_S.length - 1)] ?? 0;
    return { state: 'pending', delayMs: this.jittered(seconds), localFaults: faults };
  }

  /** Spread, so that the deliveries of one dead host do not come back in step. */
  private jittered(seconds: number): number {
    return Math.round(seconds * 1000 * (1 - JITTER + 2 * JITTER * this.random()));
  }
}
