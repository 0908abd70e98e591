import { Module } from '@nestjs/common';
import { JobEngineModule } from '../../jobs/job-engine.module.js';
import { VcsModule } from '../../vcs/vcs.module.js';
import { ReposModule } from '../repos/repos.module.js';
import { UsersModule } from '../users/users.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { DeleteRepoGroup } from './delete-repo-group.js';
import { GroupDeletionJob } from './group-deletion-job.js';
import { GroupJobs } from './group-jobs.js';
import { GroupMoveJob } from './group-move-job.js';
import { RenameBelow } from './rename-below.js';
import { RepoGroupTreeModule } from './repo-group-tree.module.js';
import { RepoGroupWriter } from './repo-group-writer.js';
import { RepoGroupsRpc } from './repo-groups.rpc.js';
import { ScopesBelow } from './scopes-below.js';
import { UpdateRepoGroup } from './update-repo-group.js';

@Module({
  imports: [JobEngineModule, RepoGroupTreeModule, ReposModule, UsersModule, VcsModule, WebhooksModule],
  controllers: [RepoGroupsRpc],
  providers: [
    DeleteRepoGroup,
    GroupDeletionJob,
    GroupJobs,
    GroupMoveJob,
    RenameBelow,
    RepoGroupWriter,
    ScopesBelow,
    UpdateRepoGroup,
  ],
})
export class RepoGroupsModule {}
