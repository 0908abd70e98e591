import { Module } from '@nestjs/common';
import { DeliveryModule } from '../../delivery/delivery.module.js';
import { JobEngineModule } from '../../jobs/job-engine.module.js';
import { DeliveriesLog } from './deliveries-log.service.js';
import { FilterTrial } from './filter-trial.service.js';
import { RecoveryJob } from './recovery-job.js';
import { WebhookAccess } from './webhook-access.js';
import { WebhooksRpc } from './webhooks.rpc.js';
import { WebhooksService } from './webhooks.service.js';

@Module({
  imports: [DeliveryModule, JobEngineModule],
  controllers: [WebhooksRpc],
  providers: [DeliveriesLog, FilterTrial, RecoveryJob, WebhookAccess, WebhooksService],
  exports: [WebhooksService],
})
export class WebhooksModule {}
