import { Injectable } from '@nestjs/common';
import { DeliveriesService } from '../../delivery/deliveries.service.js';
import type { DeliveryDetails } from '../../delivery/delivery-record.js';
import { SubscriptionsService } from '../../delivery/subscriptions.service.js';
import type { Caller, Principal } from '../../rpc/call.js';
import { invalidParams, notFound, RpcFault } from '../../rpc/errors.js';
import { asRpcFault } from './as-rpc-fault.js';
import type { GetDeliveriesArgs } from './deliveries.dto.js';
import { toDeliveryDetailsView, toDeliveryView } from './delivery.view.js';
import { parseTime } from './parse-time.js';
import { WebhookAccess } from './webhook-access.js';

const MAX_WEBHOOKS = 1000;

/** The delivery log, for the people who manage the webhook. */
@Injectable()
export class DeliveriesLog {
  constructor(
    private readonly access: WebhookAccess,
    private readonly deliveries: DeliveriesService,
    private readonly subscriptions: SubscriptionsService,
  ) {}

  async list(caller: Caller, args: GetDeliveriesArgs) {
    const page = await this.deliveries.list({
      webhookIds: await this.webhookIds(caller.principal, args),
      eventId: args.event_id,
      states: args.state && [args.state],
      since: parseTime('since', args.since),
      until: parseTime('until', args.until),
      before: args.cursor,
      limit: args.limit,
    });
    return { deliveries: page.items.map(toDeliveryView), next: page.next };
  }

  async get(caller: Caller, deliveryId: number) {
    return toDeliveryDetailsView(await this.require(caller.principal, deliveryId));
  }

  /** Under the same `webhook-id` as before, so that the receiver can tell that he had it already. */
  async redeliver(caller: Caller, deliveryId: number) {
    await this.require(caller.principal, deliveryId);
    const delivery = await this.deliveries.redeliver(deliveryId).catch(asRpcFault);
    return { msg: `redelivering ${delivery.messageId}`, delivery: toDeliveryView(delivery) };
  }

  async ping(caller: Caller, webhookId: number) {
    await this.access.require(caller.principal, webhookId);
    const { userId, username } = caller.principal;
    const eventId = await this.deliveries
      .ping(webhookId, { caller: { userId, username }, requestId: caller.requestId })
      .catch(asRpcFault);
    return { msg: `sent a ping to webhook ID:${webhookId}`, event_id: eventId };
  }

  /** Undefined: all of them, for super admins who name nothing. */
  private async webhookIds(principal: Principal, args: GetDeliveriesArgs): Promise<number[] | undefined> {
    if (args.webhook_id !== undefined) {
      if (args.repoid !== undefined || args.repogroupid !== undefined) {
        throw invalidParams('give one of `webhook_id`, `repoid` and `repogroupid`');
      }
      return [(await this.access.require(principal, args.webhook_id)).webhookId];
    }
    const { repoId, repoGroupId } = await this.access.scope(principal, args);
    if (repoId === null && repoGroupId === null) return undefined;
    const of = repoId !== null ? { repoId } : { repoGroupId: repoGroupId as number };
    const { items } = await this.subscriptions.list({ of, limit: MAX_WEBHOOKS });
    return items.map((webhook) => webhook.webhookId);
  }

  private async require(principal: Principal, deliveryId: number): Promise<DeliveryDetails> {
    const missing = () => notFound(`delivery \`${deliveryId}\` does not exist`);
    const details = await this.deliveries.get(deliveryId).catch(asRpcFault);
    try {
      await this.access.require(principal, details.delivery.webhookId);
    } catch (error) {
      // The webhook may be gone, its log is not: super admins still see it
      const isGone = error instanceof RpcFault && error.reason === 'NOT_FOUND';
      if (!isGone || !principal.admin || principal.scopes !== null) throw isGone ? missing() : error;
    }
    return details;
  }
}
