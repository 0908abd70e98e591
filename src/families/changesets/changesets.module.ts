import { Module } from '@nestjs/common';
import { VcsModule } from '../../vcs/vcs.module.js';
import { ReposModule } from '../repos/repos.module.js';
import { ChangesetReader } from './changeset-reader.js';
import { ChangesetReviews } from './changeset-reviews.js';
import { ChangesetsRpc } from './changesets.rpc.js';
import { RepoChangesets } from './repo-changesets.js';
import { RhodeCodeChangesetsRpc } from './rhodecode.rpc.js';

@Module({
  imports: [ReposModule, VcsModule],
  controllers: [ChangesetsRpc, RhodeCodeChangesetsRpc],
  providers: [ChangesetReader, ChangesetReviews, RepoChangesets],
})
export class ChangesetsModule {}
