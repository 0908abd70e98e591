import { Module } from '@nestjs/common';
import { JobEngineModule } from '../../jobs/job-engine.module.js';
import { EventCatalogue } from './event-catalogue.service.js';
import { EventFeed } from './event-feed.service.js';
import { EventReader } from './event-reader.js';
import { EventsRpc } from './events.rpc.js';
import { ExpungeJob } from './expunge-job.js';
import { ExpungeService } from './expunge.service.js';

@Module({
  imports: [JobEngineModule],
  controllers: [EventsRpc],
  providers: [EventCatalogue, EventFeed, EventReader, ExpungeJob, ExpungeService],
  exports: [EventFeed],
})
export class EventLogModule {}
