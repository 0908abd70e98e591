import { Module } from '@nestjs/common';
import { VcsModule } from '../../vcs/vcs.module.js';
import { ReposModule } from '../repos/repos.module.js';
import { ChangesetReader } from './changeset-reader.js';
import { ChangesetReviews } from './changeset-reviews.js';
import { ChangesetsRpc } from './changesets.rpc.js';

@Module({
  imports: [ReposModule, VcsModule],
  controllers: [ChangesetsRpc],
  providers: [ChangesetReader, ChangesetReviews],
})
export class ChangesetsModule {}
