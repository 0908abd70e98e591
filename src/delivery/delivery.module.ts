import { Module } from '@nestjs/common';
import { EgressModule } from '../egress/egress.module.js';
import { PluginHostModule } from '../plugin-host/plugin-host.module.js';
import { DeliveriesService } from './deliveries.service.js';
import { SubscriptionsService } from './subscriptions.service.js';

/** Needs from outside (global modules): settings, secrets, database, events and prom-client's registry. */
@Module({
  imports: [EgressModule, PluginHostModule],
  providers: [SubscriptionsService, DeliveriesService],
  exports: [SubscriptionsService, DeliveriesService, PluginHostModule],
})
export class DeliveryModule {}
