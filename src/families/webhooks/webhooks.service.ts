import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.js';
import type { HeldChoice } from '../../delivery/subscription-activation.js';
import { SubscriptionKeys } from '../../delivery/subscription-keys.js';
import { SubscriptionsService } from '../../delivery/subscriptions.service.js';
import type { Caller } from '../../rpc/call.js';
import type { JsonObject } from '../../sdk/index.js';
import { asRpcFault } from './as-rpc-fault.js';
import { WebhookAccess } from './webhook-access.js';
import { parseTime } from './parse-time.js';
import { toKeyView, toOpenView, toWebhookView, type OpenView, type WebhookView } from './webhook.view.js';
import type {
  CreateWebhookArgs,
  GetWebhooksArgs,
  RotateWebhookSecretArgs,
  UpdateWebhookArgs,
} from './webhooks.dto.js';

@Injectable()
export class WebhooksService {
  constructor(
    private readonly access: WebhookAccess,
    private readonly subscriptions: SubscriptionsService,
    private readonly signingKeys: SubscriptionKeys,
  ) {}

  /** `secret` is shown only here; null when the adapter signs nothing, or with a pair whose `public_key` verifies. */
  async create(
    caller: Caller,
    args: CreateWebhookArgs,
  ): Promise<WebhookView & { msg: string; secret: string | null; public_key: string | null }> {
    const scope = await this.access.scope(caller.principal, args);
    const { subscription, secret, publicKey } = await this.subscriptions
      .create({
        ...scope,
        recursive: args.recursive,
        adapter: args.adapter,
        url: args.url,
        config: args.config as JsonObject,
        eventTypes: args.event_types,
        description: args.description,
        active: args.active,
        ...paceOf(args),
        signature: args.signature,
        filter: args.filter as JsonObject | null,
        recordSkipped: args.record_skipped,
        createdBy: caller.principal.userId,
      })
      .catch(asRpcFault);
    const view = toWebhookView(subscription);
    return { msg: `created new webhook ID:${view.webhook_id}`, ...view, secret, public_key: publicKey };
  }

  async update(caller: Caller, args: UpdateWebhookArgs): Promise<{ msg: string; webhook: WebhookView }> {
    await this.access.require(caller.principal, args.webhook_id);
    const webhook = await this.subscriptions
      .update(args.webhook_id, {
        url: args.url,
        config: args.config as JsonObject | undefined,
        eventTypes: args.event_types,
        recursive: args.recursive,
        description: args.description,
        active: args.active,
        held: parseHeld(args.held),
        filter: args.filter as JsonObject | null | undefined,
        recordSkipped: args.record_skipped,
        ...paceOf(args),
      })
      .catch(asRpcFault);
    return { msg: `updated webhook ID:${args.webhook_id}`, webhook: toWebhookView(webhook) };
  }

  /** With how many deliveries wait, are under way and are held. */
  async get(caller: Caller, webhookId: number): Promise<WebhookView & { deliveries: OpenView }> {
    const webhook = await this.access.require(caller.principal, webhookId);
    return {
      ...toWebhookView(webhook),
      deliveries: toOpenView(await this.subscriptions.openDeliveries(webhookId)),
    };
  }

  /** Of one repository or group; super admins see all when they name neither. */
  async list(
    caller: Caller,
    args: GetWebhooksArgs,
  ): Promise<{ webhooks: WebhookView[]; next: number | null }> {
    const { repoId, repoGroupId } = await this.access.scope(caller.principal, args);
    const of = repoId !== null ? { repoId } : repoGroupId !== null ? { repoGroupId } : undefined;
    const page = await this.subscriptions.list({ of, after: args.cursor, limit: args.limit });
    return { webhooks: page.items.map(toWebhookView), next: page.next };
  }

  async rotate(caller: Caller, { webhook_id, signature, overlap }: RotateWebhookSecretArgs) {
    await this.access.require(caller.principal, webhook_id);
    const { secret, key } = await this.signingKeys
      .rotate(webhook_id, signature, overlap * 1_000)
      .catch(asRpcFault);
    return {
      msg: `deliveries of webhook ID:${webhook_id} are signed with a new key`,
      ...toKeyView(key),
      secret,
    };
  }

  async keys(caller: Caller, webhookId: number) {
    await this.access.require(caller.principal, webhookId);
    return (await this.signingKeys.list(webhookId).catch(asRpcFault)).map(toKeyView);
  }

  async delete(caller: Caller, webhookId: number): Promise<{ msg: string; webhook: null }> {
    await this.access.require(caller.principal, webhookId);
    await this.subscriptions.delete(webhookId).catch(asRpcFault);
    return { msg: `deleted webhook ID:${webhookId}`, webhook: null };
  }

  /** For whoever deletes a repository: its webhooks get what happened up to now, then go with it. */
  retireRepo(tx: Tx, repoId: number): Promise<void> {
    return this.subscriptions.retireRepo(tx, repoId);
  }

  /** As {@link retireRepo}, for a repository group. */
  retireRepoGroup(tx: Tx, repoGroupId: number): Promise<void> {
    return this.subscriptions.retireRepoGroup(tx, repoGroupId);
  }
}

function paceOf(args: CreateWebhookArgs | UpdateWebhookArgs) {
  return {
    maxInFlight: args.max_in_flight,
    ratePerMinute: args.rate_per_minute,
    retryScheduleS: args.retry_schedule as number[] | null | undefined,
    ordering: args.ordering,
  };
}

function parseHeld(text: string | undefined): HeldChoice | undefined {
  return text === 'all' || text === 'none' ? text : parseTime('held', text, '`all`, `none` or ');
}
