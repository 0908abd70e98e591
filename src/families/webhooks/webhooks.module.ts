import { Module } from '@nestjs/common';
import { DeliveryModule } from '../../delivery/delivery.module.js';
import { DeliveriesLog } from './deliveries-log.service.js';
import { WebhookAccess } from './webhook-access.js';
import { WebhooksRpc } from './webhooks.rpc.js';
import { WebhooksService } from './webhooks.service.js';

@Module({
  imports: [DeliveryModule],
  controllers: [WebhooksRpc],
  providers: [DeliveriesLog, WebhookAccess, WebhooksService],
  exports: [WebhooksService],
})
export class WebhooksModule {}
