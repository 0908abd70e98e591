import { Module } from '@nestjs/common';
import { EventsModule } from '../../events/events.module.js';
import { VcsModule } from '../../vcs/vcs.module.js';
import { PullRequestReaderModule } from '../pull-requests/pull-request-reader.module.js';
import { RepoGroupTreeModule } from '../repo-groups/repo-group-tree.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { UsersModule } from '../users/users.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { CreateRepo } from './create-repo.js';
import { DeleteRepo } from './delete-repo.js';
import { ForkRepo } from './fork-repo.js';
import { PullRepo } from './pull-repo.js';
import { RepoCreation } from './repo-creation.js';
import { RepoEvents } from './repo-events.js';
import { RepoReader } from './repo-reader.js';
import { ReposDirectory } from './repos.directory.js';
import { ReposRpc } from './repos.rpc.js';
import { RescanRepos } from './rescan-repos.js';
import { UpdateRepo } from './update-repo.js';

@Module({
  imports: [
    EventsModule,
    PullRequestReaderModule,
    RepoGroupTreeModule,
    SettingsModule,
    UsersModule,
    VcsModule,
    WebhooksModule,
  ],
  controllers: [ReposRpc],
  providers: [
    CreateRepo,
    DeleteRepo,
    ForkRepo,
    PullRepo,
    RepoCreation,
    RepoEvents,
    RepoReader,
    ReposDirectory,
    RescanRepos,
    UpdateRepo,
  ],
  exports: [DeleteRepo, RepoEvents, ReposDirectory],
})
export class ReposModule {}
