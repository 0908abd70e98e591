import { Module } from '@nestjs/common';
import { EgressModule } from '../egress/egress.module.js';
import { PluginHostModule } from '../plugin-host/plugin-host.module.js';
import { DeliveriesService } from './deliveries.service.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { DeliveryRecovery } from './delivery-recovery.js';
import { DeliveryRuntime } from './delivery-runtime.js';
import { DeliveryWorker } from './delivery-worker.js';
import { EndpointKeeper } from './endpoint-keeper.js';
import { EndpointNotices } from './endpoint-notices.js';
import { HandlerQueues } from './handler-queues.js';
import { Janitor } from './janitor.js';
import { Partitions } from './partitions.js';
import { Relay } from './relay.js';
import { SubscriptionActivation } from './subscription-activation.js';
import { SubscriptionKeys } from './subscription-keys.js';
import { SubscriptionsService } from './subscriptions.service.js';

/** Needs from outside (global modules): settings, secrets, database, events and prom-client's registry. */
@Module({
  imports: [EgressModule, PluginHostModule],
  providers: [
    SubscriptionActivation,
    HandlerQueues,
    SubscriptionKeys,
    SubscriptionsService,
    DeliveriesService,
    DeliveryMetrics,
    DeliveryRecovery,
    Partitions,
    EndpointKeeper,
    EndpointNotices,
    Janitor,
    Relay,
    DeliveryWorker,
    DeliveryRuntime,
  ],
  exports: [
    HandlerQueues,
    SubscriptionKeys,
    SubscriptionsService,
    DeliveriesService,
    DeliveryRecovery,
    PluginHostModule,
  ],
})
export class DeliveryModule {}
