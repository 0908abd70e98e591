import { Injectable } from '@nestjs/common';
import { ChangeFeed } from '../database/change-feed.js';
import type { Tx } from '../database/database.js';
import { DELIVERY_TOPIC } from './queue-signals.js';
import { DeliveryRefusal } from './subscription.js';

/** What becomes of held deliveries when a subscription is enabled: all are sent, none, or those made since a time. */
export type HeldChoice = 'all' | 'none' | Date;

const DISABLE = `
  UPDATE webhook SET active = false WHERE webhook_id = $1`;

/** What was learned of the endpoint, but not that there is a recovery to tell of. */
const FORGET = `
  UPDATE webhook SET failures_in_row = 0, breaker_open_until = NULL, slow_level = 0, slowed_until = NULL,
         failing_since = NULL, failures = 0, warned_percent = least(warned_percent, 1)
   WHERE webhook_id = $1`;

const ENABLE = `
  UPDATE webhook SET active = true, disabled_reason = NULL, disabled_at = NULL WHERE webhook_id = $1`;

const HOLD = `
  UPDATE delivery_open SET state = 'held', next_attempt_at = NULL WHERE webhook_id = $1 AND state = 'pending'`;

const SEND = `
  UPDATE delivery_open SET state = 'pending', next_attempt_at = now() WHERE webhook_id = $1 AND state = 'held'`;

const MAKE_DUE = `
  UPDATE delivery_open SET next_attempt_at = now() WHERE webhook_id = $1 AND state = 'pending'`;

/** $2 those made before are not wanted; null: none is */
const DROP = `
  UPDATE delivery SET state = 'cancelled', completed_at = now(), next_attempt_at = NULL,
         last_reason = 'not wanted when the webhook was enabled'
   WHERE webhook_id = $1 AND state = 'held' AND ($2::timestamptz IS NULL OR created_at < $2)`;

/** Disables and enables subscriptions; while one is not active its deliveries are held. */
@Injectable()
export class SubscriptionActivation {
  constructor(private readonly feed: ChangeFeed) {}

  /** @throws DeliveryRefusal when there are held deliveries and nobody said what becomes of them */
  async set(tx: Tx, webhookId: number, active: boolean, choice: HeldChoice | undefined): Promise<void> {
    if (!active) {
      await tx.query(DISABLE, [webhookId]);
      await tx.query(HOLD, [webhookId]);
      return;
    }
    if (choice === undefined) await refuseIfHeld(tx, webhookId);
    for (const statement of [ENABLE, FORGET]) await tx.query(statement, [webhookId]);
    if (choice === 'none' || choice instanceof Date) {
      await tx.query(DROP, [webhookId, choice === 'none' ? null : choice]);
    }
    await tx.query(SEND, [webhookId]);
    await this.feed.publish(tx, DELIVERY_TOPIC);
  }

  /** Its deliveries go elsewhere now, or by other settings: pauses were for what was there before. */
  async renew(tx: Tx, webhookId: number): Promise<void> {
    for (const statement of [FORGET, MAKE_DUE]) await tx.query(statement, [webhookId]);
    await this.feed.publish(tx, DELIVERY_TOPIC);
  }
}

async function refuseIfHeld(tx: Tx, webhookId: number): Promise<void> {
  const [row] = await tx.query<{ count: number }>(
    `SELECT count(*) AS count FROM delivery_open WHERE webhook_id = $1 AND state = 'held'`,
    [webhookId],
  );
  if (!row || row.count === 0) return;
  throw new DeliveryRefusal(
    'INVALID',
    `held: webhook \`${webhookId}\` holds ${row.count} deliveries; say what becomes of them: ` +
      '`all`, `none`, or a time since when they are sent',
    'held',
  );
}
