import { Module } from '@nestjs/common';
import { JobHandlers } from './job-handlers.js';
import { JobMetrics } from './job-metrics.js';
import { JobOutcomes } from './job-outcomes.js';
import { JobQueue } from './job-queue.js';
import { JobRunner } from './job-runner.js';
import { JobRuntime } from './job-runtime.js';
import { JobsLog } from './jobs-log.js';

/** Needs from outside (global modules): settings, secrets, database and metrics registry. */
@Module({
  providers: [JobHandlers, JobMetrics, JobOutcomes, JobQueue, JobRunner, JobRuntime, JobsLog],
  exports: [JobHandlers, JobQueue, JobsLog],
})
export class JobEngineModule {}
