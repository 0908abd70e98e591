import type { Subscription } from '../../delivery/subscription.js';
import { localDateTime } from '../../rpc/wire-date.js';

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
    created_on: localDateTime(webhook.createdAt),
    updated_on: localDateTime(webhook.updatedAt),
  };
}

export type WebhookView = ReturnType<typeof toWebhookView>;
