import { integer, list } from './setting-kinds.js';
import type { SchemaOf } from './setting.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

type Limit =
  | 'maxBodyBytes'
  | 'maxBatchItems'
  | 'batchParallelism'
  | 'callDeadlineMs'
  | 'slowCallMs'
  | 'rateLimitPerKey'
  | 'rateLimitPerAddress'
  | 'rateLimitBurst'
  | 'failedLoginsPerMinute'
  | 'transferConcurrency'
  | 'transferWaitMs'
  | 'transferIdleTimeoutMs'
  | 'transferTimeoutMs'
  | 'maxPushBytes'
  | 'maxPullBytes'
  | 'deliveryConcurrency'
  | 'deliveryTimeoutMs'
  | 'deliveryRetryScheduleS'
  | 'deliveryLeaseMs'
  | 'deliveryBreakerFailures'
  | 'deliveryBreakerPauseMs'
  | 'deliverySlowdownMs'
  | 'jobConcurrency'
  | 'jobLeaseMs';

/** Sizes, rates and times of calls, deliveries and jobs. */
export const LIMITS_SCHEMA: SchemaOf<Limit> = {
  maxBodyBytes: {
    env: 'FORGEGATE_MAX_BODY_BYTES',
    kind: integer(1_024, 1_073_741_824, 'bytes'),
    fallback: 10 * 1_024 * 1_024,
    meaning: 'Largest request body, after decoding',
  },
  maxBatchItems: {
    env: 'FORGEGATE_MAX_BATCH_ITEMS',
    kind: integer(1, 10_000),
    fallback: 100,
    meaning: 'Calls in one JSON-RPC 2.0 batch',
  },
  batchParallelism: {
    env: 'FORGEGATE_BATCH_PARALLELISM',
    kind: integer(1, 1_000),
    fallback: 8,
    meaning: 'Calls of one batch that run at once',
  },
  callDeadlineMs: {
    env: 'FORGEGATE_CALL_DEADLINE_MS',
    kind: integer(100, 3_600_000, 'milliseconds'),
    fallback: 60_000,
    meaning: 'A call is answered within this; what it started is killed then',
  },
  slowCallMs: {
    env: 'FORGEGATE_SLOW_CALL_MS',
    kind: integer(1, 3_600_000, 'milliseconds'),
    fallback: 1_000,
    meaning: 'Slower calls are logged at info',
  },
  rateLimitPerKey: {
    env: 'FORGEGATE_RATE_LIMIT_PER_KEY',
    kind: integer(0, 1_000_000, 'calls a second; 0 for no limit'),
    fallback: 500,
    meaning: 'Calls a second with one API key, sustained',
  },
  rateLimitPerAddress: {
    env: 'FORGEGATE_RATE_LIMIT_PER_ADDRESS',
    kind: integer(0, 1_000_000, 'calls a second; 0 for no limit'),
    fallback: 1_000,
    meaning: 'Calls a second from one address, sustained',
  },
  rateLimitBurst: {
    env: 'FORGEGATE_RATE_LIMIT_BURST',
    kind: integer(1, 1_000),
    fallback: 4,
    meaning: 'Calls that may come at once, as a multiple of the sustained rate',
  },
  failedLoginsPerMinute: {
    env: 'FORGEGATE_FAILED_LOGINS_PER_MINUTE',
    kind: integer(0, 10_000, 'logins a minute; 0 for no limit'),
    fallback: 20,
    meaning: 'Wrong passwords of git, Mercurial and web clients for one address and for one user name',
  },
  transferConcurrency: {
    env: 'FORGEGATE_TRANSFER_CONCURRENCY',
    kind: integer(1, 10_000),
    fallback: 64,
    meaning:
      'Requests of git and Mercurial clients that this process serves at once, and as many web views; each needs a program',
  },
  transferWaitMs: {
    env: 'FORGEGATE_TRANSFER_WAIT_MS',
    kind: integer(0, 600_000, 'milliseconds; 0 for not at all'),
    fallback: 20_000,
    meaning: 'How long a git or Mercurial client waits for a place before it is asked to come again',
  },
  transferIdleTimeoutMs: {
    env: 'FORGEGATE_TRANSFER_IDLE_TIMEOUT_MS',
    kind: integer(1_000, 3_600_000, 'milliseconds'),
    fallback: 5 * MINUTE * 1_000,
    meaning: 'A fetch, push or download ends when nothing moves for so long',
  },
  transferTimeoutMs: {
    env: 'FORGEGATE_TRANSFER_TIMEOUT_MS',
    kind: integer(1_000, 86_400_000, 'milliseconds'),
    fallback: 4 * HOUR * 1_000,
    meaning: 'Longest fetch, push or download, and longest clone from or pull of another host',
  },
  maxPushBytes: {
    env: 'FORGEGATE_MAX_PUSH_BYTES',
    kind: integer(1_024, 1_099_511_627_776, 'bytes'),
    fallback: 4 * 1_024 * 1_024 * 1_024,
    meaning: 'Largest pack of one git push, and largest bundle of one Mercurial push',
  },
  maxPullBytes: {
    env: 'FORGEGATE_MAX_PULL_BYTES',
    kind: integer(1_024, 1_099_511_627_776, 'bytes'),
    fallback: 16 * 1_024 * 1_024 * 1_024,
    meaning: 'Largest pack or bundle that one clone from or pull of another host may bring',
  },
  deliveryConcurrency: {
    env: 'FORGEGATE_DELIVERY_CONCURRENCY',
    kind: integer(1, 10_000),
    fallback: 128,
    meaning:
      'Deliveries of this process that run at once, a quarter of them for a subscription without `max_in_flight`',
  },
  deliveryTimeoutMs: {
    env: 'FORGEGATE_DELIVERY_TIMEOUT_MS',
    kind: integer(100, 300_000, 'milliseconds'),
    fallback: 15_000,
    meaning: 'One attempt, from dial to the end of the answer',
  },
  deliveryRetryScheduleS: {
    env: 'FORGEGATE_DELIVERY_RETRY_SCHEDULE_S',
    kind: list(integer(0, 2_592_000, 'seconds'), 1),
    fallback: [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
    meaning: 'Seconds before attempt 2, 3, ...; after the last one a delivery is given up',
  },
  deliveryLeaseMs: {
    env: 'FORGEGATE_DELIVERY_LEASE_MS',
    kind: integer(1_000, 3_600_000, 'milliseconds'),
    fallback: 20_000,
    meaning: 'How long a claimed delivery may stay silent before another worker takes it',
  },
  deliveryBreakerFailures: {
    env: 'FORGEGATE_DELIVERY_BREAKER_FAILURES',
    kind: integer(1, 1_000),
    fallback: 10,
    meaning: 'Failures in a row after which an endpoint is only probed, one attempt at a time',
  },
  deliveryBreakerPauseMs: {
    env: 'FORGEGATE_DELIVERY_BREAKER_PAUSE_MS',
    kind: integer(1, 600_000, 'milliseconds'),
    fallback: 30_000,
    meaning: 'Time between probes of such an endpoint; doubled after each that fails, ten minutes at most',
  },
  deliverySlowdownMs: {
    env: 'FORGEGATE_DELIVERY_SLOWDOWN_MS',
    kind: integer(1, 60_000, 'milliseconds'),
    fallback: 1_000,
    meaning:
      'First pause of an endpoint that answers 429, 502, 503 or 504 without Retry-After; doubled each time',
  },
  jobConcurrency: {
    env: 'FORGEGATE_JOB_CONCURRENCY',
    kind: integer(1, 100),
    fallback: 4,
    meaning: 'Background jobs of this process that run at once; those that dial out count apart',
  },
  jobLeaseMs: {
    env: 'FORGEGATE_JOB_LEASE_MS',
    kind: integer(1_000, 3_600_000, 'milliseconds'),
    fallback: 10_000,
    meaning: 'How long a running job may stay silent before another process takes it over',
  },
};
