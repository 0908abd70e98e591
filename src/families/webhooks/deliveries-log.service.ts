import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { Database } from '../../database/database.js';
import { DeliveriesService } from '../../delivery/deliveries.service.js';
import { RECOVERABLE_STATES } from '../../delivery/delivery-recovery.js';
import type { DeliveryDetails } from '../../delivery/delivery-record.js';
import { SubscriptionsService } from '../../delivery/subscriptions.service.js';
import { JobQueue } from '../../jobs/job-queue.js';
import type { Caller, Principal } from '../../rpc/call.js';
import { invalidParams, notFound, RpcFault } from '../../rpc/errors.js';
import type { ResultOf } from '../../rpc/result-shapes.js';
import type { RecoveredDeliveries } from './webhooks.results.js';
import type { JsonObject } from '../../sdk/index.js';
import { asRpcFault } from './as-rpc-fault.js';
import type { GetDeliveriesArgs, RecoverDeliveriesArgs } from './deliveries.dto.js';
import { toDeliveryDetailsView, toDeliveryView } from './delivery.view.js';
import { parseTime } from './parse-time.js';
import { RECOVERY_JOB, type RecoveryArguments } from './recovery-job.js';
import type { SimulateEventArgs } from './webhooks.dto.js';
import { WebhookAccess } from './webhook-access.js';

const MAX_WEBHOOKS = 1000;

type Scope = Pick<GetDeliveriesArgs, 'webhook_id' | 'repoid' | 'repogroupid'>;

/** The delivery log, for the people who manage the webhook. */
@Injectable()
export class DeliveriesLog {
  constructor(
    private readonly access: WebhookAccess,
    private readonly deliveries: DeliveriesService,
    private readonly subscriptions: SubscriptionsService,
    private readonly repos: Access,
    private readonly jobs: JobQueue,
    private readonly db: Database,
  ) {}

  async list(caller: Caller, args: GetDeliveriesArgs) {
    const page = await this.deliveries.list({
      webhookIds: await this.webhookIds(caller.principal, args),
      eventId: args.event_id,
      repoId: await this.eventRepo(caller.principal, args.event_repoid),
      eventType: args.event_type,
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

  /** As a job, which ends when all is back in the queue. */
  async recover(caller: Caller, args: RecoverDeliveriesArgs): Promise<ResultOf<typeof RecoveredDeliveries>> {
    const unknown = args.state.find((state) => !RECOVERABLE_STATES.includes(state));
    if (unknown !== undefined || args.state.length === 0)
      throw invalidParams(`argument \`state\` must name some of ${RECOVERABLE_STATES.join(', ')}`);
    const filter: RecoveryArguments = {
      webhook_ids: (await this.webhookIds(caller.principal, args)) ?? null,
      states: args.state,
      event_type: args.event_type ?? null,
      since: parseTime('since', args.since)?.toISOString() ?? null,
      until: parseTime('until', args.until)?.toISOString() ?? null,
      ended_by: new Date().toISOString(),
    };
    const job = { kind: RECOVERY_JOB, lane: 'local', args: filter } as const;
    const jobId = await this.db.transaction((tx) => this.jobs.add(tx, caller, job));
    if (args.wait) return this.jobs.wait(jobId, caller);
    return { msg: `sending deliveries again in job ${jobId}`, job_id: jobId };
  }

  async ping(caller: Caller, webhookId: number) {
    await this.access.require(caller.principal, webhookId);
    const { userId, username } = caller.principal;
    const eventId = await this.deliveries
      .ping(webhookId, { caller: { userId, username }, requestId: caller.requestId })
      .catch(asRpcFault);
    return { msg: `sent a ping to webhook ID:${webhookId}`, event_id: eventId };
  }

  /** @throws RpcFault INVALID_PARAMS when `data` breaks the contract of the type */
  async simulate(caller: Caller, { webhook_id, event_type, data }: SimulateEventArgs) {
    await this.access.require(caller.principal, webhook_id);
    const { userId, username } = caller.principal;
    const eventId = await this.deliveries
      .simulate(webhook_id, event_type, data as JsonObject, {
        caller: { userId, username },
        requestId: caller.requestId,
      })
      .catch(asRpcFault);
    return { msg: `sent a simulated \`${event_type}\` to webhook ID:${webhook_id}`, event_id: eventId };
  }

  /** Undefined: all of them, for super admins who name nothing. */
  private async webhookIds(principal: Principal, args: Scope): Promise<number[] | undefined> {
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

  private async eventRepo(principal: Principal, given: number | string | undefined) {
    return given === undefined ? undefined : (await this.repos.require(principal, 'repo', given, 'read')).id;
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
