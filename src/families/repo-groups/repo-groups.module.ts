import { Module } from '@nestjs/common';
import { VcsModule } from '../../vcs/vcs.module.js';
import { UsersModule } from '../users/users.module.js';
import { RepoGroupsDirectory } from './repo-groups.directory.js';
import { RepoGroupsRpc } from './repo-groups.rpc.js';
import { RepoGroupsService } from './repo-groups.service.js';

@Module({
  imports: [UsersModule, VcsModule],
  controllers: [RepoGroupsRpc],
  providers: [RepoGroupsDirectory, RepoGroupsService],
  exports: [RepoGroupsDirectory, RepoGroupsService],
})
export class RepoGroupsModule {}
