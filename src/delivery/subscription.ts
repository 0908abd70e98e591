import type { Row } from '../database/database.js';
import type { JsonObject } from '../sdk/index.js';
import type { EventFilter } from './subscription-filter.js';

/** Whose events a subscription gets: one repository's, a group's, or (both null) everything. */
export interface SubscriptionScope {
  readonly repoId: number | null;
  readonly repoGroupId: number | null;
  /** For a group: also the repositories of its subgroups. */
  readonly recursive: boolean;
}

export const ORDERINGS = ['none', 'repository', 'pull_request', 'strict'] as const;
export type Ordering = (typeof ORDERINGS)[number];

/** How much is sent at once and in which order; null: as the gateway's settings say, or without a limit. */
export interface Pace {
  readonly maxInFlight: number | null;
  readonly ratePerMinute: number | null;
  /** Seconds before attempt 2, 3, ... */
  readonly retryScheduleS: readonly number[] | null;
  /** `repository`, `pull_request`: the deliveries of each go out one after the other; `strict`: all of them. */
  readonly ordering: Ordering;
}

/** How an endpoint fares. */
export interface EndpointStanding {
  /** `open`: nothing is sent before `breakerOpenUntil`; `half_open`: one at a time, until one succeeds. */
  readonly breaker: 'closed' | 'open' | 'half_open';
  readonly breakerOpenUntil: Date | null;
  readonly failuresInRow: number;
  /** Set while it is spared because it asked for that or said that it is overloaded. */
  readonly slowedUntil: Date | null;
  readonly slowLevel: number;
  readonly failingSince: Date | null;
  readonly failures: number;
}

/** Unfinished deliveries of one subscription. */
export interface OpenDeliveries {
  readonly pending: number;
  readonly in_flight: number;
  readonly held: number;
  /** Since when the oldest pending one is due; null when none is. */
  readonly oldest_due: Date | null;
}

/** A subscription as people see it: secret members of `config` are masked. */
export interface Subscription extends SubscriptionScope {
  readonly webhookId: number;
  readonly adapter: string;
  /** Whether a plugin that runs in this process has the adapter; else its deliveries wait for a process that has it. */
  readonly isAdapterHere: boolean;
  readonly url: string | null;
  readonly config: JsonObject;
  readonly eventTypes: readonly string[];
  readonly description: string;
  readonly active: boolean;
  /** Why the gateway itself disabled it; null when it did not. */
  readonly disabledReason: string | null;
  readonly disabledAt: Date | null;
  readonly pace: Pace;
  readonly endpoint: EndpointStanding;
  readonly filter: EventFilter | null;
  /** Whether what the filter leaves out is kept in the delivery log. */
  readonly recordSkipped: boolean;
  /** user_id */
  readonly createdBy: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A row of `webhook`. */
export interface WebhookRow extends Row {
  webhook_id: number;
  adapter: string;
  url: string | null;
  /** Members that are secret are masked; they are in `secrets_sealed`. */
  config: JsonObject;
  secrets_sealed: Buffer | null;
  event_types: string[];
  repo_id: number | null;
  repo_group_id: number | null;
  recursive: boolean;
  description: string;
  active: boolean;
  disabled_reason: string | null;
  disabled_at: Date | null;
  max_in_flight: number | null;
  rate_per_minute: number | null;
  retry_schedule_s: number[] | null;
  ordering: Ordering;
  failures_in_row: number;
  breaker_open_until: Date | null;
  slow_level: number;
  slowed_until: Date | null;
  failing_since: Date | null;
  failures: number;
  /** 0, or how far the owner was told that it is on the way to being disabled; 1: it was disabled, and enabled since. */
  warned_percent: number;
  filter: EventFilter | null;
  record_skipped: boolean;
  created_by: number | null;
  created_at: Date;
  updated_at: Date;
  retired_at: Date | null;
}

/**
 * A subscription or delivery that cannot be made, changed or found. `message` is for callers and names the argument
 * that is wrong; `field` is that argument.
 */
export class DeliveryRefusal extends Error {
  constructor(
    readonly code: 'INVALID' | 'NOT_FOUND' | 'CONFLICT',
    message: string,
    readonly field: string | null = null,
  ) {
    super(message);
    this.name = 'DeliveryRefusal';
  }
}

/** @param breakerFailures failures in a row that open the breaker */
export function toSubscription(
  row: WebhookRow,
  breakerFailures: number,
  isAdapterHere: boolean,
): Subscription {
  return {
    webhookId: row.webhook_id,
    adapter: row.adapter,
    isAdapterHere,
    url: row.url,
    config: row.config,
    eventTypes: row.event_types,
    repoId: row.repo_id,
    repoGroupId: row.repo_group_id,
    recursive: row.recursive,
    description: row.description,
    active: row.active,
    disabledReason: row.disabled_reason,
    disabledAt: row.disabled_at,
    pace: {
      maxInFlight: row.max_in_flight,
      ratePerMinute: row.rate_per_minute,
      retryScheduleS: row.retry_schedule_s,
      ordering: row.ordering,
    },
    endpoint: toStanding(row, breakerFailures, new Date()),
    filter: row.filter,
    recordSkipped: row.record_skipped,
    createdBy: row.created_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function toStanding(row: WebhookRow, breakerFailures: number, now: Date): EndpointStanding {
  const isOpen = row.breaker_open_until !== null && row.breaker_open_until > now;
  const isHalfOpen = !isOpen && row.failures_in_row >= breakerFailures;
  return {
    breaker: isOpen ? 'open' : isHalfOpen ? 'half_open' : 'closed',
    breakerOpenUntil: isOpen ? row.breaker_open_until : null,
    failuresInRow: row.failures_in_row,
    slowedUntil: row.slowed_until !== null && row.slowed_until > now ? row.slowed_until : null,
    slowLevel: row.slow_level,
    failingSince: row.failing_since,
    failures: row.failures,
  };
}
