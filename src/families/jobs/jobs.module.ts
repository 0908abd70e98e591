import { Module } from '@nestjs/common';
import { JobEngineModule } from '../../jobs/job-engine.module.js';
import { JobsRpc } from './jobs.rpc.js';
import { JobsService } from './jobs.service.js';

@Module({ imports: [JobEngineModule], controllers: [JobsRpc], providers: [JobsService] })
export class JobsModule {}
