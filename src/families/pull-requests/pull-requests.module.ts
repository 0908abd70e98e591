import { Module } from '@nestjs/common';
import { VcsModule } from '../../vcs/vcs.module.js';
import { ReposModule } from '../repos/repos.module.js';
import { UsersModule } from '../users/users.module.js';
import { ClosePullRequest } from './close-pull-request.js';
import { CommentPullRequest } from './comment-pull-request.js';
import { Comparisons } from './comparisons.js';
import { CreatePullRequest } from './create-pull-request.js';
import { DeletePullRequest } from './delete-pull-request.js';
import { DiscussPullRequest } from './discuss-pull-request.js';
import { EditReviewers } from './edit-reviewers.js';
import { MergeChecks } from './merge-checks.js';
import { MergePullRequest } from './merge-pull-request.js';
import { OverviewReader } from './overview-reader.js';
import { Overviews } from './overviews.js';
import { PullRequestAccess } from './pull-request-access.js';
import { PullRequestEvents } from './pull-request-events.js';
import { PullRequestReaderModule } from './pull-request-reader.module.js';
import { PullRequestUpdates } from './pull-request-updates.js';
import { PullRequestWriter } from './pull-request-writer.js';
import { PullRequestsRpc } from './pull-requests.rpc.js';
import { ReopenPullRequest } from './reopen-pull-request.js';
import { Reviewers } from './reviewers.js';
import { RhodeCodePullRequestsRpc } from './rhodecode.rpc.js';
import { UpdatePullRequest } from './update-pull-request.js';

@Module({
  imports: [PullRequestReaderModule, ReposModule, UsersModule, VcsModule],
  controllers: [PullRequestsRpc, RhodeCodePullRequestsRpc],
  providers: [
    ClosePullRequest,
    CommentPullRequest,
    Comparisons,
    CreatePullRequest,
    DeletePullRequest,
    DiscussPullRequest,
    EditReviewers,
    MergeChecks,
    MergePullRequest,
    OverviewReader,
    Overviews,
    PullRequestAccess,
    PullRequestEvents,
    PullRequestUpdates,
    PullRequestWriter,
    ReopenPullRequest,
    Reviewers,
    UpdatePullRequest,
  ],
  exports: [Comparisons, PullRequestAccess, PullRequestUpdates, PullRequestWriter],
})
export class PullRequestsModule {}
