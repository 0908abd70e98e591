import { Module } from '@nestjs/common';
import { RepoGroupTreeModule } from './repo-group-tree.module.js';
import { RepoGroupsRpc } from './repo-groups.rpc.js';

@Module({
  imports: [RepoGroupTreeModule],
  controllers: [RepoGroupsRpc],
})
export class RepoGroupsModule {}
