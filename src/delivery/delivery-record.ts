import type { Row } from '../database/database.js';
import type { OutcomeKind } from '../sdk/index.js';

/**
 * `pending`: waits for its next attempt. `leased`: a worker has it. `held`: its subscription is not active.
 * `failed`: the last attempt of the schedule failed. `cancelled`: its subscription was deleted. `skipped`: its
 * filter left it out. The others are outcomes.
 */
export const DELIVERY_STATES = [
  'pending',
  'leased',
  'held',
  'delivered',
  'failed',
  'gone',
  'rejected',
  'blocked',
  'cancelled',
  'skipped',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export interface Delivery {
  readonly deliveryId: number;
  /** `webhook-id` of all its attempts: `msg_<delivery_id>`. */
  readonly messageId: string;
  readonly createdAt: Date;
  readonly eventId: number;
  readonly eventType: string;
  readonly webhookId: number;
  readonly repoId: number | null;
  readonly state: DeliveryState;
  /** Those that have ended; one that is under way does not count yet. */
  readonly attempts: number;
  readonly nextAttemptAt: Date | null;
  readonly completedAt: Date | null;
  /** Of the newest attempt. */
  readonly outcome: OutcomeKind | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly status: number | null;
}

/** One request, or one try to make one. Header values that may be secret are `[redacted]`. */
export interface DeliveryAttempt {
  readonly number: number;
  readonly startedAt: Date;
  /** Null when the worker died before it could tell. */
  readonly durationMs: number | null;
  readonly outcome: OutcomeKind;
  readonly code: string;
  readonly reason: string | null;
  readonly status: number | null;
  /** Method and URL. */
  readonly requestTarget: string | null;
  readonly requestHeaders: Readonly<Record<string, string>> | null;
  /** At most 64 KiB; null when it was the body of the event, or nothing was sent. */
  readonly requestBody: string | null;
  readonly responseHeaders: Readonly<Record<string, string>> | null;
  /** At most 64 KiB. */
  readonly responseBody: string | null;
  readonly responseTruncated: boolean;
  /** Milliseconds: dns_ms, connect_ms, tls_ms (fresh connections only), first_byte_ms, total_ms. */
  readonly timing: Readonly<Record<string, number>> | null;
  readonly nextAttemptAt: Date | null;
}

export interface DeliveryDetails {
  readonly delivery: Delivery;
  /** The exact body that is sent; null when retention has taken the event. */
  readonly body: string | null;
  readonly attempts: readonly DeliveryAttempt[];
}

export interface DeliveryRow extends Row {
  delivery_id: number;
  created_at: Date;
  event_id: number;
  event_type: string;
  repo_id: number | null;
  webhook_id: number;
  state: DeliveryState;
  attempts: number;
  next_attempt_at: Date | null;
  last_outcome: OutcomeKind | null;
  last_code: string | null;
  last_reason: string | null;
  last_status: number | null;
  completed_at: Date | null;
}

export interface AttemptRow extends Row {
  number: number;
  started_at: Date;
  duration_ms: number | null;
  outcome: OutcomeKind;
  code: string;
  reason: string | null;
  status: number | null;
  request_target: string | null;
  request_headers: Record<string, string> | null;
  request_body: string | null;
  response_headers: Record<string, string> | null;
  response_body: string | null;
  response_truncated: boolean;
  timing: Record<string, number> | null;
  next_attempt_at: Date | null;
}

export const messageId = (deliveryId: number): string => `msg_${deliveryId}`;

export function toDelivery(row: DeliveryRow): Delivery {
  return {
    deliveryId: row.delivery_id,
    messageId: messageId(row.delivery_id),
    createdAt: row.created_at,
    eventId: row.event_id,
    eventType: row.event_type,
    webhookId: row.webhook_id,
    repoId: row.repo_id,
    state: row.state,
    attempts: row.state === 'leased' ? row.attempts - 1 : row.attempts,
    nextAttemptAt: row.next_attempt_at,
    completedAt: row.completed_at,
    outcome: row.last_outcome,
    code: row.last_code,
    reason: row.last_reason,
    status: row.last_status,
  };
}

export function toAttempt(row: AttemptRow): DeliveryAttempt {
  return {
    number: row.number,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    outcome: row.outcome,
    code: row.code,
    reason: row.reason,
    status: row.status,
    requestTarget: row.request_target,
    requestHeaders: row.request_headers,
    requestBody: row.request_body,
    responseHeaders: row.response_headers,
    responseBody: row.response_body,
    responseTruncated: row.response_truncated,
    timing: row.timing,
    nextAttemptAt: row.next_attempt_at,
  };
}
