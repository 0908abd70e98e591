import { Module } from '@nestjs/common';
import { VcsModule } from '../../vcs/vcs.module.js';
import { ReposModule } from '../repos/repos.module.js';
import { UsersModule } from '../users/users.module.js';
import { CommentPullRequest } from './comment-pull-request.js';
import { CreatePullRequest } from './create-pull-request.js';
import { PullRequestAccess } from './pull-request-access.js';
import { PullRequestEvents } from './pull-request-events.js';
import { PullRequestReaderModule } from './pull-request-reader.module.js';
import { PullRequestsRpc } from './pull-requests.rpc.js';

@Module({
  imports: [PullRequestReaderModule, ReposModule, UsersModule, VcsModule],
  controllers: [PullRequestsRpc],
  providers: [CommentPullRequest, CreatePullRequest, PullRequestAccess, PullRequestEvents],
})
export class PullRequestsModule {}
