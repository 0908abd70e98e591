import { DELIVERY_STATES } from '../../delivery/delivery-record.js';
import { SIGNATURE_TYPES } from '../../delivery/signing-key.js';
import { ORDERINGS } from '../../delivery/subscription.js';
import {
  anything,
  flag,
  id,
  integer,
  listOf,
  localTime,
  mapOf,
  message,
  named,
  nothing,
  number,
  object,
  oneOf,
  optional,
  orNull,
  text,
} from '../../rpc/result-shapes.js';

const Endpoint = named('Endpoint', {
  breaker: oneOf('closed', 'open', 'half_open'),
  breaker_open_until: orNull(localTime),
  failures_in_row: integer,
  slowed_until: orNull(localTime),
  slow_level: integer,
  failing_since: orNull(localTime),
  failures: integer,
});

export const Webhook = named('Webhook', {
  webhook_id: id,
  adapter: text,
  url: orNull(text),
  event_types: listOf(text),
  repo_id: orNull(id),
  repo_group_id: orNull(id),
  recursive: flag,
  config: mapOf(anything),
  description: text,
  active: flag,
  disabled_reason: orNull(text),
  disabled_on: orNull(localTime),
  max_in_flight: orNull(integer),
  rate_per_minute: orNull(integer),
  retry_schedule: orNull(listOf(number)),
  ordering: oneOf(...ORDERINGS),
  filter: orNull(mapOf(anything)),
  record_skipped: flag,
  endpoint: Endpoint,
  waiting_reason: orNull(text),
  created_on: localTime,
  updated_on: localTime,
});

export const WebhookDetails = named('WebhookDetails', {
  ...Webhook.properties,
  deliveries: object({
    pending: integer,
    in_flight: integer,
    held: integer,
    oldest_due_on: orNull(localTime),
  }),
});

const outcome = oneOf('delivered', 'retry', 'gone', 'rejected', 'blocked', 'local_fault');

export const Delivery = named('Delivery', {
  delivery_id: id,
  message_id: text,
  webhook_id: id,
  event_id: id,
  event_type: text,
  repo_id: orNull(id),
  state: oneOf(...DELIVERY_STATES),
  attempts: integer,
  outcome: orNull(outcome),
  code: orNull(text),
  reason: orNull(text),
  status: orNull(integer),
  created_on: localTime,
  next_attempt_at: orNull(localTime),
  completed_at: orNull(localTime),
});

const Attempt = named('DeliveryAttempt', {
  number: integer,
  started_at: localTime,
  duration_ms: orNull(number),
  outcome,
  code: text,
  reason: orNull(text),
  status: orNull(integer),
  request_target: orNull(text),
  request_headers: orNull(mapOf(text)),
  request_body: orNull(text),
  response_headers: orNull(mapOf(text)),
  response_body: orNull(text),
  response_truncated: flag,
  timing: orNull(mapOf(number)),
  next_attempt_at: orNull(localTime),
});

export const DeliveryDetails = named('DeliveryDetails', {
  ...Delivery.properties,
  payload: orNull(text),
  attempt_log: listOf(Attempt),
});

export const CreatedWebhook = message({
  ...Webhook.properties,
  secret: orNull(text),
  public_key: orNull(text),
});

export const WebhookKey = named('WebhookKey', {
  key_id: text,
  signature: oneOf(...SIGNATURE_TYPES),
  public_key: orNull(text),
  created_on: localTime,
  expires_on: orNull(localTime),
});
export const RotatedWebhook = message({ ...WebhookKey.properties, secret: orNull(text) });
export const ChangedWebhook = message({ webhook: Webhook });
export const DeletedWebhook = message({ webhook: nothing });
export const WebhooksPage = object({ webhooks: listOf(Webhook), next: orNull(integer) });
export const DeliveriesPage = object({ deliveries: listOf(Delivery), next: orNull(integer) });
export const ChangedDelivery = message({ delivery: Delivery });
export const FilterTrialResult = object({
  matched: integer,
  skipped: integer,
  events: listOf(
    object({ event_id: id, event_type: text, timestamp: text, matches: flag, reason: orNull(text) }),
  ),
});
export const SentPing = message({ event_id: id });

/** `job_id` with `wait: false`, else how many. */
export const RecoveredDeliveries = message({ recovered: optional(integer), job_id: optional(id) });
