import { Injectable } from '@nestjs/common';
import { ChangeFeed } from '../database/change-feed.js';
import { Database } from '../database/database.js';
import type { DeliveryState } from './delivery-record.js';
import { DELIVERY_TOPIC, retryOnConflict } from './queue-signals.js';

export const RECOVERABLE_STATES = [
  'failed',
  'rejected',
  'gone',
  'blocked',
  'cancelled',
  'delivered',
  'skipped',
] as const satisfies readonly DeliveryState[];
export type RecoverableState = (typeof RECOVERABLE_STATES)[number];

export interface RecoveryFilter {
  /** Null: those of all subscriptions. */
  readonly webhookIds: readonly number[] | null;
  readonly states: readonly RecoverableState[];
  /** Pattern with `*`; null: any. */
  readonly eventType: string | null;
  /** Deliveries made at or after this. */
  readonly since: Date | null;
  /** Deliveries made before this. */
  readonly until: Date | null;
  /** Only those that had ended by then: what was sent again and failed again is not sent a third time. */
  readonly endedBy: Date;
}

const WHERE = `
  state = ANY ($1::text[]) AND completed_at <= $2 AND delivery_id > $3
  AND ($4::int[] IS NULL OR webhook_id = ANY ($4::int[]))
  AND ($5::text IS NULL OR event_type LIKE replace(replace($5, '_', '\\_'), '*', '%'))
  AND ($6::timestamptz IS NULL OR created_at >= $6) AND ($7::timestamptz IS NULL OR created_at < $7)`;

/**
 * $8 at most so many. Those of a subscription that is not active are held. What a filter left out is judged by the filter
 * as it is now; the others have passed one.
 */
const RECOVER = `
  WITH chosen AS MATERIALIZED (
    SELECT delivery_id FROM delivery WHERE ${WHERE}
       AND EXISTS (SELECT FROM webhook w WHERE w.webhook_id = delivery.webhook_id AND w.retired_at IS NULL)
     ORDER BY delivery_id LIMIT $8::int
  ), sent AS (
    UPDATE delivery d
       SET state = CASE WHEN w.active THEN 'pending' ELSE 'held' END, next_attempt_at = CASE WHEN w.active THEN now() END,
           round_start = d.attempts, local_faults = 0, completed_at = NULL,
           resent = d.resent OR d.state <> 'skipped'
      FROM webhook w
     WHERE d.delivery_id = ANY (ARRAY (SELECT delivery_id FROM chosen)) AND d.state = ANY ($1::text[])
       AND w.webhook_id = d.webhook_id
    RETURNING d.delivery_id
  )
  SELECT (SELECT count(*) FROM sent) AS sent, (SELECT max(delivery_id) FROM chosen) AS last`;

/** Sends finished deliveries again, many at a time, each under its old `webhook-id`. */
@Injectable()
export class DeliveryRecovery {
  constructor(
    private readonly db: Database,
    private readonly feed: ChangeFeed,
  ) {}

  async count(filter: RecoveryFilter): Promise<number> {
    const [row] = await this.db.query<{ count: number }>(
      `SELECT count(*) AS count FROM delivery WHERE ${WHERE}`,
      values(filter, 0),
    );
    return row?.count ?? 0;
  }

  /** The next `limit` after delivery_id `after`. @returns how many were sent, and where to go on; null at the end */
  async recover(
    filter: RecoveryFilter,
    after: number,
    limit: number,
  ): Promise<{ sent: number; last: number | null }> {
    return retryOnConflict(() =>
      this.db.transaction(async (tx) => {
        const [row] = await tx.query<{ sent: number; last: number | null }>(RECOVER, [
          ...values(filter, after),
          limit,
        ]);
        await this.feed.publish(tx, DELIVERY_TOPIC);
        return { sent: row?.sent ?? 0, last: row?.last ?? null };
      }),
    );
  }
}

function values(filter: RecoveryFilter, after: number): unknown[] {
  const { webhookIds, states, eventType, since, until, endedBy } = filter;
  return [states, endedBy, after, webhookIds, eventType, since, until];
}
