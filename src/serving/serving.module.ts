import { Module } from '@nestjs/common';
import { EventLogModule } from '../families/events/events.module.js';
import { ReposModule } from '../families/repos/repos.module.js';
import { VcsModule } from '../vcs/vcs.module.js';
import { ClientGate } from './clients/client-gate.js';
import { ClientMetrics } from './clients/client-metrics.js';
import { Clients } from './clients/clients.js';
import { GitEndpoint } from './clients/git-endpoint.js';
import { HgEndpoint } from './clients/hg-endpoint.js';
import { EventsController } from './events.controller.js';
import { HealthController } from './health.controller.js';
import { Readiness } from './readiness.js';
import { RepositoryPathsModule } from './repository-paths.module.js';
import { ViewsModule } from './views/views.module.js';

@Module({
  imports: [EventLogModule, ReposModule, RepositoryPathsModule, VcsModule, ViewsModule],
  controllers: [EventsController, HealthController],
  providers: [ClientGate, ClientMetrics, Clients, GitEndpoint, HgEndpoint, Readiness],
})
export class ServingModule {}
