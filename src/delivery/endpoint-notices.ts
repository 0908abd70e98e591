import { Injectable } from '@nestjs/common';
import type { Tx } from '../database/database.js';
import { Outbox } from '../events/outbox.js';
import {
  webhookDisabled,
  webhookExhausted,
  webhookRecovered,
  webhookWarned,
  type WebhookSummary,
} from '../sdk/index.js';
import { messageId } from './delivery-record.js';
import type { DeliveryResult } from './delivery-result.js';
import { DISABLE_AFTER_MS, type EndpointHealth } from './endpoint-health.js';
import { storable } from './storable-text.js';
import type { WebhookRow } from './subscription.js';

const GATEWAY = { userId: null, username: 'forgegate' };
const OPERATIONAL = /^webhook\./;

/**
 * Tells the other subscriptions of the same object, and those of everything, how one of them fares. A delivery of such
 * an event that fails is not told of again, and none is about the subscription that gets it, so they cannot go round.
 */
@Injectable()
export class EndpointNotices {
  constructor(private readonly outbox: Outbox) {}

  async warned(tx: Tx, row: WebhookRow, health: EndpointHealth, percent: number): Promise<void> {
    const since = health.failingSince ?? new Date();
    await this.outbox.record(tx, webhookWarned, {
      ...about(row),
      data: {
        webhook: toWebhookSummary(row),
        percent,
        failing_since: since.toISOString(),
        failures: health.failures,
        disable_at: new Date(since.getTime() + DISABLE_AFTER_MS).toISOString(),
      },
    });
  }

  async disabled(tx: Tx, row: WebhookRow, cause: 'gone' | 'failing', reason: string): Promise<void> {
    const data = { webhook: toWebhookSummary(row), cause, reason };
    await this.outbox.record(tx, webhookDisabled, { ...about(row), data });
  }

  async recovered(tx: Tx, row: WebhookRow): Promise<void> {
    await this.outbox.record(tx, webhookRecovered, {
      ...about(row),
      data: { webhook: toWebhookSummary(row) },
    });
  }

  /** @param result one that was given up */
  async exhausted(tx: Tx, webhook: WebhookRow, { row, attempt, verdict }: DeliveryResult): Promise<void> {
    if (OPERATIONAL.test(row.event_type)) return;
    const { code, reason } = attempt.outcome;
    await this.outbox.record(tx, webhookExhausted, {
      ...about(webhook),
      data: {
        webhook: toWebhookSummary(webhook),
        delivery: {
          delivery_id: row.delivery_id,
          message_id: messageId(row.delivery_id),
          event_id: row.event_id,
          event_type: row.event_type,
          state: verdict.state === 'rejected' ? 'rejected' : 'failed',
          attempts: row.attempts,
          code: storable(code),
          reason: reason === undefined ? null : storable(reason),
        },
      },
    });
  }
}

export function toWebhookSummary(row: WebhookRow): WebhookSummary {
  return {
    webhook_id: row.webhook_id,
    adapter: row.adapter,
    event_types: row.event_types,
    repo_id: row.repo_id,
    repo_group_id: row.repo_group_id,
    description: row.description,
  };
}

function about(row: WebhookRow) {
  return {
    caller: GATEWAY,
    requestId: null,
    exceptWebhookId: row.webhook_id,
    groupIds: row.repo_group_id === null ? [] : [row.repo_group_id],
    ...(row.repo_id !== null && { repoId: row.repo_id }),
  };
}
