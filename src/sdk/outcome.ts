/**
 * What became of one attempt, as a value. The class decides what the queue does next:
 *
 * - `delivered`: acknowledged by the receiving service. Final.
 * - `retry`: a fault of the receiver that may pass (timeout, 5xx, 429). Tried again by the schedule,
 *   or not before `retryAfterMs` when the receiver said so.
 * - `gone`: the endpoint said it is gone for good (HTTP 410). Final; the subscription is disabled.
 * - `rejected`: the receiver will never take this delivery (bad settings, deleted channel). Final.
 * - `blocked`: our own policy refused to send (a private address). Final, never held against the endpoint.
 * - `local_fault`: our side failed (our resolver, our proxy, a full disk). Retried, never held against the endpoint.
 */
export type OutcomeKind = 'delivered' | 'retry' | 'gone' | 'rejected' | 'blocked' | 'local_fault';

export interface Outcome {
  readonly outcome: OutcomeKind;
  /** UPPER_SNAKE, stable, for machines: `HTTP_200`, `TIMEOUT`, `ADDRESS_BLOCKED`. */
  readonly code: string;
  /** One sentence for people; never holds a secret. */
  readonly reason?: string;
  /** The service's own answer code, where it has one. */
  readonly status?: number;
  /** Only with `retry`: the receiver asked for this pause, in milliseconds. */
  readonly retryAfterMs?: number;
}

type Details = Omit<Outcome, 'outcome' | 'code' | 'retryAfterMs'>;

export const delivered = (code: string, details: Details = {}): Outcome => ({
  outcome: 'delivered',
  code,
  ...details,
});
export const retry = (code: string, details: Details & { retryAfterMs?: number } = {}): Outcome => ({
  outcome: 'retry',
  code,
  ...details,
});
export const gone = (code: string, details: Details = {}): Outcome => ({ outcome: 'gone', code, ...details });
export const rejected = (code: string, details: Details = {}): Outcome => ({
  outcome: 'rejected',
  code,
  ...details,
});
export const blocked = (code: string, details: Details = {}): Outcome => ({
  outcome: 'blocked',
  code,
  ...details,
});
export const localFault = (code: string, details: Details = {}): Outcome => ({
  outcome: 'local_fault',
  code,
  ...details,
});
