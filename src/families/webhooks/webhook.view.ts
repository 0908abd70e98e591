import type { PublicKey } from '../../delivery/signing-key.js';
import type { EndpointStanding, OpenDeliveries, Subscription } from '../../delivery/subscription.js';
import { localDateTime } from '../../rpc/wire-date.js';

const orNull = (time: Date | null) => time && localDateTime(time);

/** How the receiver fares, and what the gateway does about it. */
function endpointView(endpoint: EndpointStanding) {
  return {
    breaker: endpoint.breaker,
    breaker_open_until: orNull(endpoint.breakerOpenUntil),
    failures_in_row: endpoint.failuresInRow,
    /** Set while it is spared because it asked for that or said that it is overloaded. */
    slowed_until: orNull(endpoint.slowedUntil),
    slow_level: endpoint.slowLevel,
    failing_since: orNull(endpoint.failingSince),
    failures: endpoint.failures,
  };
}

/** Secret members of `config` are masked; the signing secret is not among them. */
export function toWebhookView(webhook: Subscription) {
  return {
    webhook_id: webhook.webhookId,
    adapter: webhook.adapter,
    url: webhook.url,
    event_types: [...webhook.eventTypes],
    repo_id: webhook.repoId,
    repo_group_id: webhook.repoGroupId,
    recursive: webhook.recursive,
    config: webhook.config,
    description: webhook.description,
    active: webhook.active,
    /** Why the gateway itself disabled it; null when it did not. */
    disabled_reason: webhook.disabledReason,
    disabled_on: orNull(webhook.disabledAt),
    max_in_flight: webhook.pace.maxInFlight,
    rate_per_minute: webhook.pace.ratePerMinute,
    retry_schedule: webhook.pace.retryScheduleS && [...webhook.pace.retryScheduleS],
    ordering: webhook.pace.ordering,
    filter: webhook.filter as Record<string, unknown> | null,
    record_skipped: webhook.recordSkipped,
    endpoint: endpointView(webhook.endpoint),
    /** Why nothing is sent although it is active and its receiver is well; null when nothing is in the way. */
    waiting_reason:
      webhook.active && !webhook.isAdapterHere
        ? `no plugin that runs here has the adapter ${webhook.adapter}: deliveries wait for a process that has it`
        : null,
    created_on: localDateTime(webhook.createdAt),
    updated_on: localDateTime(webhook.updatedAt),
  };
}

export function toOpenView({ oldest_due, ...counts }: OpenDeliveries) {
  return { ...counts, oldest_due_on: orNull(oldest_due) };
}

export function toKeyView(key: PublicKey) {
  return {
    key_id: key.keyId,
    signature: key.type,
    public_key: key.publicKey,
    created_on: localDateTime(key.createdAt),
    expires_on: orNull(key.expiresAt),
  };
}

export type OpenView = ReturnType<typeof toOpenView>;
export type WebhookView = ReturnType<typeof toWebhookView>;
