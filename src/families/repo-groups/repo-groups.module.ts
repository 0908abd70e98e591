import { Module } from '@nestjs/common';
import { VcsModule } from '../../vcs/vcs.module.js';
import { ReposModule } from '../repos/repos.module.js';
import { UsersModule } from '../users/users.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { DeleteRepoGroup } from './delete-repo-group.js';
import { RenameBelow } from './rename-below.js';
import { RepoGroupTreeModule } from './repo-group-tree.module.js';
import { RepoGroupsRpc } from './repo-groups.rpc.js';
import { UpdateRepoGroup } from './update-repo-group.js';

@Module({
  imports: [RepoGroupTreeModule, ReposModule, UsersModule, VcsModule, WebhooksModule],
  controllers: [RepoGroupsRpc],
  providers: [DeleteRepoGroup, RenameBelow, UpdateRepoGroup],
})
export class RepoGroupsModule {}
