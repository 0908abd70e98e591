import { Module } from '@nestjs/common';
import { PullRequestsModule } from '../pull-requests/pull-requests.module.js';
import { UsersModule } from '../users/users.module.js';
import { CommentsRpc } from './comments.rpc.js';
import { CommentsService } from './comments.service.js';

@Module({
  imports: [PullRequestsModule, UsersModule],
  controllers: [CommentsRpc],
  providers: [CommentsService],
})
export class CommentsModule {}
