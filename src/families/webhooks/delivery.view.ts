import type { Delivery, DeliveryAttempt, DeliveryDetails } from '../../delivery/delivery-record.js';
import { localDateTime } from '../../rpc/wire-date.js';

const orNull = (date: Date | null) => date && localDateTime(date);

export function toDeliveryView(delivery: Delivery) {
  return {
    delivery_id: delivery.deliveryId,
    /** `webhook-id` of all its attempts. */
    message_id: delivery.messageId,
    webhook_id: delivery.webhookId,
    event_id: delivery.eventId,
    event_type: delivery.eventType,
    repo_id: delivery.repoId,
    state: delivery.state,
    attempts: delivery.attempts,
    outcome: delivery.outcome,
    code: delivery.code,
    reason: delivery.reason,
    status: delivery.status,
    created_on: localDateTime(delivery.createdAt),
    next_attempt_at: orNull(delivery.nextAttemptAt),
    completed_at: orNull(delivery.completedAt),
  };
}

function attemptView(attempt: DeliveryAttempt) {
  return {
    number: attempt.number,
    started_at: localDateTime(attempt.startedAt),
    duration_ms: attempt.durationMs,
    outcome: attempt.outcome,
    code: attempt.code,
    reason: attempt.reason,
    status: attempt.status,
    request_target: attempt.requestTarget,
    request_headers: attempt.requestHeaders,
    /** Null when it was `payload`, or nothing was sent. */
    request_body: attempt.requestBody,
    response_headers: attempt.responseHeaders,
    response_body: attempt.responseBody,
    response_truncated: attempt.responseTruncated,
    timing: attempt.timing,
    next_attempt_at: orNull(attempt.nextAttemptAt),
  };
}

/** `payload` is the exact text that is sent; null when retention has taken the event. */
export function toDeliveryDetailsView({ delivery, body, attempts }: DeliveryDetails) {
  return { ...toDeliveryView(delivery), payload: body, attempt_log: attempts.map(attemptView) };
}
