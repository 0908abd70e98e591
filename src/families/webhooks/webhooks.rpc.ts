import { decidedBy } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { listOf } from '../../rpc/result-shapes.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import { webhookPing } from '../../sdk/index.js';
import { DeliveriesLog } from './deliveries-log.service.js';
import { DeliveryArgs, GetDeliveriesArgs, RecoverDeliveriesArgs } from './deliveries.dto.js';
import {
  CreateWebhookArgs,
  GetWebhooksArgs,
  RotateWebhookSecretArgs,
  SimulateEventArgs,
  TestWebhookFilterArgs,
  UpdateWebhookArgs,
  WebhookArgs,
} from './webhooks.dto.js';
import { FilterTrial } from './filter-trial.service.js';
import { WebhooksService } from './webhooks.service.js';
import {
  ChangedDelivery,
  ChangedWebhook,
  CreatedWebhook,
  RecoveredDeliveries,
  DeletedWebhook,
  DeliveriesPage,
  DeliveryDetails,
  FilterTrialResult,
  RotatedWebhook,
  SentPing,
  WebhookKey,
  WebhookDetails,
  WebhooksPage,
} from './webhooks.results.js';

const MANAGER = decidedBy('super admin for everything, group admin or repository admin for what lies there');

@RpcFamily('webhooks')
export class WebhooksRpc {
  constructor(
    private readonly webhooks: WebhooksService,
    private readonly deliveries: DeliveriesLog,
    private readonly trial: FilterTrial,
  ) {}

  @RpcMethod('create_webhook', {
    requires: MANAGER,
    result: CreatedWebhook,
    summary: 'Subscribe to events; the signing secret is shown only here',
  })
  create(@Args() args: CreateWebhookArgs, @Caller() call: RpcCall) {
    return this.webhooks.create(call, args);
  }

  @RpcMethod('update_webhook', {
    requires: MANAGER,
    result: ChangedWebhook,
    summary: 'Change what is given of a webhook',
  })
  update(@Args() args: UpdateWebhookArgs, @Caller() call: RpcCall) {
    return this.webhooks.update(call, args);
  }

  @RpcMethod('get_webhook', {
    requires: MANAGER,
    result: WebhookDetails,
    summary: 'Show a webhook, its secrets masked',
  })
  get(@Args() args: WebhookArgs, @Caller() call: RpcCall) {
    return this.webhooks.get(call, args.webhook_id);
  }

  @RpcMethod('get_webhooks', {
    requires: MANAGER,
    result: WebhooksPage,
    summary: 'List webhooks, page by page',
  })
  list(@Args() args: GetWebhooksArgs, @Caller() call: RpcCall) {
    return this.webhooks.list(call, args);
  }

  @RpcMethod('delete_webhook', {
    requires: MANAGER,
    result: DeletedWebhook,
    summary: 'Delete a webhook; what was not sent yet is cancelled',
  })
  delete(@Args() args: WebhookArgs, @Caller() call: RpcCall) {
    return this.webhooks.delete(call, args.webhook_id);
  }

  @RpcMethod('rotate_webhook_secret', {
    requires: MANAGER,
    result: RotatedWebhook,
    summary: 'Sign with a new key, and for a while with those before it as well; a secret is shown only here',
  })
  rotate(@Args() args: RotateWebhookSecretArgs, @Caller() call: RpcCall) {
    return this.webhooks.rotate(call, args);
  }

  @RpcMethod('get_webhook_keys', {
    requires: MANAGER,
    result: listOf(WebhookKey),
    summary: 'List the keys that sign deliveries now, newest first, with their public halves',
  })
  keys(@Args() args: WebhookArgs, @Caller() call: RpcCall) {
    return this.webhooks.keys(call, args.webhook_id);
  }

  @RpcMethod('ping_webhook', {
    requires: MANAGER,
    result: SentPing,
    emits: [webhookPing],
    summary: 'Send a test event to one webhook, under the rules of real deliveries',
  })
  ping(@Args() args: WebhookArgs, @Caller() call: RpcCall) {
    return this.deliveries.ping(call, args.webhook_id);
  }

  @RpcMethod('simulate_event', {
    requires: MANAGER,
    result: SentPing,
    summary: 'Send an event that did not happen to one webhook, under the rules of real deliveries',
  })
  simulate(@Args() args: SimulateEventArgs, @Caller() call: RpcCall) {
    return this.deliveries.simulate(call, args);
  }

  @RpcMethod('test_webhook_filter', {
    requires: MANAGER,
    result: FilterTrialResult,
    summary: 'Try a filter on past events, and say of each whether it would be sent and why not',
  })
  testFilter(@Args() args: TestWebhookFilterArgs, @Caller() call: RpcCall) {
    return this.trial.run(call, args);
  }

  @RpcMethod('get_deliveries', {
    requires: MANAGER,
    result: DeliveriesPage,
    summary: 'List deliveries, the newest first, page by page',
  })
  listDeliveries(@Args() args: GetDeliveriesArgs, @Caller() call: RpcCall) {
    return this.deliveries.list(call, args);
  }

  @RpcMethod('get_delivery', {
    requires: MANAGER,
    result: DeliveryDetails,
    summary: 'Show a delivery with its payload and every attempt',
  })
  getDelivery(@Args() args: DeliveryArgs, @Caller() call: RpcCall) {
    return this.deliveries.get(call, args.delivery_id);
  }

  @RpcMethod('redeliver', {
    requires: MANAGER,
    result: ChangedDelivery,
    summary: 'Send a finished delivery again, under the same `webhook-id`',
  })
  redeliver(@Args() args: DeliveryArgs, @Caller() call: RpcCall) {
    return this.deliveries.redeliver(call, args.delivery_id);
  }

  @RpcMethod('recover_deliveries', {
    requires: MANAGER,
    result: RecoveredDeliveries,
    summary: 'Send a part of the delivery log again, as a job',
  })
  recover(@Args() args: RecoverDeliveriesArgs, @Caller() call: RpcCall) {
    return this.deliveries.recover(call, args);
  }
}
