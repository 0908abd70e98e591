import { Module } from '@nestjs/common';
import { ReposModule } from '../families/repos/repos.module.js';
import { HealthController } from './health.controller.js';
import { Readiness } from './readiness.js';
import { RepositoryPaths } from './repository-paths.js';

@Module({
  imports: [ReposModule],
  controllers: [HealthController],
  providers: [Readiness, RepositoryPaths],
})
export class ServingModule {}
