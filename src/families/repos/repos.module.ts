import { Module } from '@nestjs/common';
import { EventsModule } from '../../events/events.module.js';
import { JobEngineModule } from '../../jobs/job-engine.module.js';
import { VcsModule } from '../../vcs/vcs.module.js';
import { PullRequestReaderModule } from '../pull-requests/pull-request-reader.module.js';
import { RepoGroupTreeModule } from '../repo-groups/repo-group-tree.module.js';
import { SettingsModule } from '../settings/settings.module.js';
import { UsersModule } from '../users/users.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { ActingUser } from './acting-user.js';
import { BranchMoves } from './branch-moves.js';
import { ContentsRpc } from './contents.rpc.js';
import { CreateRepo } from './create-repo.js';
import { CreationJob } from './creation-job.js';
import { DeleteRepo } from './delete-repo.js';
import { ExtraFields } from './extra-fields.js';
import { ExtraFieldsRpc } from './extra-fields.rpc.js';
import { Fetches } from './fetches.service.js';
import { FirstRights } from './first-rights.js';
import { ForkRepo } from './fork-repo.js';
import { LockRepo } from './lock-repo.js';
import { InvalidateCache } from './invalidate-cache.js';
import { PullJob } from './pull-job.js';
import { PullRepo } from './pull-repo.js';
import { PushComparisons } from './push-comparisons.js';
import { PushJournal } from './push-journal.js';
import { PushMetrics } from './push-metrics.js';
import { PushPolicies } from './push-policies.js';
import { RepoPolicies } from './repo-policies.js';
import { PushRecorder } from './push-recorder.js';
import { PushRecovery } from './push-recovery.js';
import { PushTurns } from './push-turns.js';
import { PushedRefs } from './pushed-refs.js';
import { Pushes } from './pushes.service.js';
import { RepoContents } from './repo-contents.js';
import { RepoCreation } from './repo-creation.js';
import { RepoEvents } from './repo-events.js';
import { RepoFailure } from './repo-failure.js';
import { RepoFollowers } from './repo-followers.js';
import { RepoLists } from './repo-lists.js';
import { RepoLocks } from './repo-locks.js';
import { RepoNodes } from './repo-nodes.js';
import { RepoReader } from './repo-reader.js';
import { ReposDirectory } from './repos.directory.js';
import { ReposRpc } from './repos.rpc.js';
import { RepoUpkeep } from './repo-upkeep.js';
import { RescanJob } from './rescan-job.js';
import { RescanRepos } from './rescan-repos.js';
import { UnfinishedRepos } from './unfinished-repos.js';
import { UpdateRepo } from './update-repo.js';

@Module({
  imports: [
    EventsModule,
    JobEngineModule,
    PullRequestReaderModule,
    RepoGroupTreeModule,
    SettingsModule,
    UsersModule,
    VcsModule,
    WebhooksModule,
  ],
  controllers: [ReposRpc, ExtraFieldsRpc, ContentsRpc],
  providers: [
    ActingUser,
    BranchMoves,
    CreateRepo,
    CreationJob,
    DeleteRepo,
    ExtraFields,
    Fetches,
    FirstRights,
    ForkRepo,
    LockRepo,
    InvalidateCache,
    PullJob,
    PullRepo,
    PushComparisons,
    PushJournal,
    PushMetrics,
    PushPolicies,
    RepoPolicies,
    PushRecorder,
    PushTurns,
    PushRecovery,
    PushedRefs,
    Pushes,
    RepoContents,
    RepoCreation,
    RepoEvents,
    RepoFailure,
    RepoFollowers,
    RepoLists,
    RepoLocks,
    RepoNodes,
    RepoReader,
    ReposDirectory,
    RepoUpkeep,
    RescanJob,
    RescanRepos,
    UnfinishedRepos,
    UpdateRepo,
  ],
  exports: [
    ActingUser,
    BranchMoves,
    DeleteRepo,
    Fetches,
    PushPolicies,
    RepoPolicies,
    Pushes,
    RepoEvents,
    RepoLocks,
    ReposDirectory,
  ],
})
export class ReposModule {}
