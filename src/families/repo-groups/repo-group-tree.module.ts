import { Module } from '@nestjs/common';
import { EventsModule } from '../../events/events.module.js';
import { VcsModule } from '../../vcs/vcs.module.js';
import { UsersModule } from '../users/users.module.js';
import { DirectoryMoves } from './directory-moves.js';
import { NameTree } from './name-tree.js';
import { RepoGroupEvents } from './repo-group-events.js';
import { RepoGroupReader } from './repo-group-reader.js';
import { RepoGroupsDirectory } from './repo-groups.directory.js';
import { RepoGroupsService } from './repo-groups.service.js';

const PARTS = [
  DirectoryMoves,
  NameTree,
  RepoGroupEvents,
  RepoGroupReader,
  RepoGroupsDirectory,
  RepoGroupsService,
];

/** Apart from `RepoGroupsModule`, because repositories need groups, and moving a group changes its repositories. */
@Module({ imports: [EventsModule, UsersModule, VcsModule], providers: PARTS, exports: PARTS })
export class RepoGroupTreeModule {}
