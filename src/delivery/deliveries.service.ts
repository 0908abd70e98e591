import { Injectable } from '@nestjs/common';
import { ChangeFeed } from '../database/change-feed.js';
import { Database } from '../database/database.js';
import { eventContract } from '../events/catalogue.js';
import { contractViolation } from '../events/event-validator.js';
import { Outbox } from '../events/outbox.js';
import { webhookPing, type JsonObject } from '../sdk/index.js';
import {
  toAttempt,
  toDelivery,
  type AttemptRow,
  type Delivery,
  type DeliveryDetails,
  type DeliveryRow,
  type DeliveryState,
} from './delivery-record.js';
import { DELIVERY_TOPIC, retryOnConflict } from './queue-signals.js';
import { DeliveryRefusal, type Subscription } from './subscription.js';
import { SubscriptionsService } from './subscriptions.service.js';

/** All given conditions must hold; an empty list matches nothing. */
export interface DeliveryFilter {
  readonly webhookIds?: readonly number[];
  readonly eventId?: number;
  readonly repoId?: number;
  /** Pattern with `*`. */
  readonly eventType?: string;
  readonly states?: readonly DeliveryState[];
  /** Deliveries made at or after this. */
  readonly since?: Date;
  /** Deliveries made before this. */
  readonly until?: Date;
  /** Keyset: only those with a smaller delivery_id. */
  readonly before?: number;
  /** Default 100. */
  readonly limit?: number;
}

export interface PingRequest {
  readonly caller: { readonly userId: number | null; readonly username: string };
  readonly requestId: string | null;
}

const OPEN: readonly DeliveryState[] = ['pending', 'leased', 'held'];

/** The delivery log, and what can be done with what is in it. Knows no permissions: callers have checked them. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly db: Database,
    private readonly feed: ChangeFeed,
    private readonly outbox: Outbox,
    private readonly subscriptions: SubscriptionsService,
  ) {}

  /** Newest first. `next` is what to pass as `before` for the following page; null at the end. */
  async list(filter: DeliveryFilter = {}): Promise<{ items: Delivery[]; next: number | null }> {
    const { limit = 100 } = filter;
    const conditions: string[] = [];
    const values: unknown[] = [];
    const where = (condition: (place: string) => string, value: unknown) => {
      if (value === undefined) return;
      values.push(value);
      conditions.push(condition(`$${values.length}`));
    };
    where((p) => `webhook_id = ANY (${p}::int[])`, filter.webhookIds);
    where((p) => `event_id = ${p}`, filter.eventId);
    where((p) => `repo_id = ${p}`, filter.repoId);
    where((p) => `event_type LIKE replace(replace(${p}, '_', '\\_'), '*', '%')`, filter.eventType);
    where((p) => `state = ANY (${p}::text[])`, filter.states);
    where((p) => `created_at >= ${p}`, filter.since);
    where((p) => `created_at < ${p}`, filter.until);
    where((p) => `delivery_id < ${p}`, filter.before);
    values.push(limit + 1);
    const rows = await this.db.query<DeliveryRow>(
      `SELECT * FROM delivery ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
        ORDER BY delivery_id DESC LIMIT $${values.length}`,
      values,
    );
    const items = rows.slice(0, limit).map(toDelivery);
    return { items, next: rows.length > limit ? (items.at(-1)?.deliveryId ?? null) : null };
  }

  /** @throws DeliveryRefusal NOT_FOUND */
  async get(deliveryId: number): Promise<DeliveryDetails> {
    const [row] = await this.db.query<DeliveryRow & { body: string | null }>(
      `SELECT d.*, (SELECT e.body FROM event e WHERE e.event_id = d.event_id AND e.occurred_at = d.event_occurred_at)
                AS body
         FROM delivery d WHERE d.delivery_id = $1`,
      [deliveryId],
    );
    if (!row) throw notFound(deliveryId);
    const attempts = await this.db.query<AttemptRow>(
      `SELECT a.* FROM delivery d JOIN attempt a ON a.delivery_id = d.delivery_id AND a.created_at = d.created_at
        WHERE d.delivery_id = $1 ORDER BY a.number, a.started_at`,
      [deliveryId],
    );
    return { delivery: toDelivery(row), body: row.body, attempts: attempts.map(toAttempt) };
  }

  /**
   * Sends a finished delivery again, at once, under its old `webhook-id`; if that fails it is retried by the schedule
   * from the start. @throws DeliveryRefusal NOT_FOUND, or CONFLICT with the reason why it cannot be sent now
   */
  async redeliver(deliveryId: number): Promise<Delivery> {
    const { delivery, body } = await this.get(deliveryId);
    const name = `delivery \`${deliveryId}\``;
    if (body === null) throw conflict(`the event of ${name} is no longer stored`);
    await this.activeSubscription(delivery.webhookId);
    if (OPEN.includes(delivery.state)) throw conflict(`${name} is not finished yet (${delivery.state})`);
    const [row] = await retryOnConflict(() =>
      this.db.transaction(async (tx) => {
        const changed = await tx.query<DeliveryRow>(
          `UPDATE delivery SET state = 'pending', next_attempt_at = now(), round_start = attempts, local_faults = 0,
                  completed_at = NULL, resent = true
            WHERE delivery_id = $1 AND state <> ALL ($2::text[]) RETURNING *`,
          [deliveryId, OPEN],
        );
        await this.feed.publish(tx, DELIVERY_TOPIC);
        return changed;
      }),
    );
    if (!row) throw conflict(`${name} is being sent again already`);
    return toDelivery(row);
  }

  /**
   * Sends a test event to this subscription alone, through the same queue and the same network rules as any event.
   * @returns event_id of the test; its delivery appears in the log within moments
   */
  async ping(webhookId: number, { caller, requestId }: PingRequest): Promise<number> {
    const { adapter, eventTypes, repoId, repoGroupId, description } =
      await this.activeSubscription(webhookId);
    return this.db.transaction((tx) =>
      this.outbox.record(tx, webhookPing, {
        caller,
        requestId,
        onlyWebhookId: webhookId,
        ...(repoId !== null && { repoId }),
        data: {
          webhook: {
            webhook_id: webhookId,
            adapter,
            event_types: [...eventTypes],
            repo_id: repoId,
            repo_group_id: repoGroupId,
            description,
          },
        },
      }),
    );
  }

  /**
   * Sends an event that did not happen to this subscription alone, by the same way as any other: the example of its
   * contract, with these members instead. Nobody else sees it. @returns event_id
   * @throws DeliveryRefusal INVALID when there is no such type, or the data breaks its contract
   */
  async simulate(
    webhookId: number,
    type: string,
    data: JsonObject,
    { caller, requestId }: PingRequest,
  ): Promise<number> {
    const { repoId } = await this.activeSubscription(webhookId);
    const contract = eventContract(type);
    if (!contract)
      throw new DeliveryRefusal(
        'INVALID',
        `event_type: ${JSON.stringify(type)} is no event type`,
        'event_type',
      );
    const own = { ...(contract.example as JsonObject), ...data };
    const violation = contractViolation(contract, own);
    if (violation !== null) throw new DeliveryRefusal('INVALID', `data: ${violation}`, 'data');
    return this.db.transaction((tx) =>
      this.outbox.record(tx, contract, {
        caller,
        requestId,
        onlyWebhookId: webhookId,
        ...(repoId !== null && { repoId }),
        data: own,
      }),
    );
  }

  private async activeSubscription(webhookId: number): Promise<Subscription> {
    const subscription = await this.subscriptions.get(webhookId);
    if (!subscription.active) throw conflict(`webhook \`${webhookId}\` is not active; enable it first`);
    return subscription;
  }
}

const notFound = (deliveryId: number) =>
  new DeliveryRefusal('NOT_FOUND', `delivery \`${deliveryId}\` does not exist`);
const conflict = (message: string) => new DeliveryRefusal('CONFLICT', message);
