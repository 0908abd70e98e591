import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import type { Sql, Tx } from '../database/database.js';
import {
  afterAttempts,
  observationOf,
  type EndpointHealth,
  type HealthNotice,
  type HealthOptions,
} from './endpoint-health.js';
import { EndpointNotices } from './endpoint-notices.js';
import type { DeliveryResult } from './delivery-result.js';
import { storable } from './storable-text.js';
import type { WebhookRow } from './subscription.js';

/** A locked row of `webhook`, and the time by the database's clock. */
export interface Endpoint extends WebhookRow {
  now: Date;
}

/**
 * Keeps the health of endpoints: what attempts said changes how much is sent to them, and may disable them. All in the
 * transaction that writes the results, so that nothing is told that did not happen.
 */
@Injectable()
export class EndpointKeeper {
  private readonly options: HealthOptions;

  constructor(
    @Inject(SETTINGS) settings: Settings,
    private readonly notices: EndpointNotices,
  ) {
    this.options = {
      breakerFailures: settings.deliveryBreakerFailures,
      breakerPauseMs: settings.deliveryBreakerPauseMs,
      slowdownMs: settings.deliverySlowdownMs,
    };
  }

  /**
   * Locks the endpoints of these results. Before anything of their deliveries is written, and in one order everywhere:
   * whoever changes a subscription locks it first too.
   */
  lock(tx: Tx, results: readonly DeliveryResult[]): Promise<Endpoint[]> {
    return tx.query<Endpoint>(
      `SELECT *, clock_timestamp() AS now FROM webhook WHERE webhook_id = ANY ($1::int[])
        ORDER BY webhook_id FOR NO KEY UPDATE`,
      [[...new Set(results.map(({ row }) => row.webhook_id))]],
    );
  }

  /** @param results those that were written */
  async observe(tx: Tx, endpoints: readonly Endpoint[], results: readonly DeliveryResult[]): Promise<void> {
    for (const endpoint of endpoints) {
      const own = results.filter(({ row }) => row.webhook_id === endpoint.webhook_id);
      if (own.length > 0) await this.observeOne(tx, endpoint, own);
    }
  }

  private async observeOne(tx: Tx, endpoint: Endpoint, results: readonly DeliveryResult[]): Promise<void> {
    const observations = results.flatMap(({ attempt }) => observationOf(attempt.outcome) ?? []);
    const { health, notices } = afterAttempts(toHealth(endpoint), observations, endpoint.now, this.options);
    const isGone = results.find(({ verdict }) => verdict.state === 'gone');
    const cause = isGone ? 'gone' : notices.some(({ kind }) => kind === 'disabled') ? 'failing' : null;
    await save(tx, endpoint.webhook_id, health);
    for (const result of results) {
      const { state } = result.verdict;
      if (state === 'failed' || state === 'rejected') await this.notices.exhausted(tx, endpoint, result);
    }
    // What an endpoint that is disabled already still answers changes nothing
    if (!endpoint.active) return;
    await this.tell(tx, endpoint, health, notices);
    if (cause === null) return;
    const reason = storable(isGone ? (isGone.attempt.outcome.reason ?? 'gone') : failingReason(health));
    await disable(tx, endpoint.webhook_id, reason);
    await this.notices.disabled(tx, endpoint, cause, reason);
  }

  private async tell(
    tx: Tx,
    endpoint: Endpoint,
    health: EndpointHealth,
    notices: readonly HealthNotice[],
  ): Promise<void> {
    for (const notice of notices) {
      if (notice.kind === 'recovered') await this.notices.recovered(tx, endpoint);
      if (notice.kind === 'warned') await this.notices.warned(tx, endpoint, health, notice.percent);
    }
  }
}

/** An endpoint that is disabled gets nothing more; what was on its way to it is held, for the day it is enabled again. */
async function disable(sql: Sql, webhookId: number, reason: string): Promise<void> {
  await sql.query(
    `UPDATE webhook SET active = false, disabled_reason = $2, disabled_at = now(), warned_percent = 100,
            updated_at = clock_timestamp()
      WHERE webhook_id = $1`,
    [webhookId, reason],
  );
  await sql.query(
    `UPDATE delivery SET state = 'held', next_attempt_at = NULL WHERE webhook_id = $1 AND state = 'pending'`,
    [webhookId],
  );
}

async function save(sql: Sql, webhookId: number, health: EndpointHealth): Promise<void> {
  await sql.prepared(
    'endpoint_health',
    `UPDATE webhook SET failures_in_row = $2, breaker_open_until = $3, slow_level = $4, slowed_until = $5,
            failing_since = $6, failures = $7, warned_percent = $8
      WHERE webhook_id = $1`,
    [
      webhookId,
      health.failuresInRow,
      health.breakerOpenUntil,
      health.slowLevel,
      health.slowedUntil,
      health.failingSince,
      health.failures,
      health.warnedPercent,
    ],
  );
}

function toHealth(row: WebhookRow): EndpointHealth {
  return {
    failuresInRow: row.failures_in_row,
    breakerOpenUntil: row.breaker_open_until,
    slowLevel: row.slow_level,
    slowedUntil: row.slowed_until,
    failingSince: row.failing_since,
    failures: row.failures,
    warnedPercent: row.warned_percent,
  };
}

function failingReason({ failingSince, failures }: EndpointHealth): string {
  return `nothing succeeded since ${failingSince?.toISOString()}, in ${failures} attempts`;
}
