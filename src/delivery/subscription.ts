import type { Row } from '../database/database.js';
import type { JsonObject } from '../sdk/index.js';

/** Whose events a subscription gets: one repository's, a group's, or (both null) everything. */
export interface SubscriptionScope {
  readonly repoId: number | null;
  readonly repoGroupId: number | null;
  /** For a group: also the repositories of its subgroups. */
  readonly recursive: boolean;
}

/** A subscription as people see it: secret members of `config` are masked. */
export interface Subscription extends SubscriptionScope {
  readonly webhookId: number;
  readonly adapter: string;
  readonly url: string | null;
  readonly config: JsonObject;
  readonly eventTypes: readonly string[];
  readonly description: string;
  readonly active: boolean;
  /** Why the gateway itself disabled it; null when it did not. */
  readonly disabledReason: string | null;
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

export function toSubscription(row: WebhookRow): Subscription {
  return {
    webhookId: row.webhook_id,
    adapter: row.adapter,
    url: row.url,
    config: row.config,
    eventTypes: row.event_types,
    repoId: row.repo_id,
    repoGroupId: row.repo_group_id,
    recursive: row.recursive,
    description: row.description,
    active: row.active,
    disabledReason: row.disabled_reason,
    createdBy: row.created_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
