import { Module } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { RepoRoot } from './repo-root.js';
import { GitServer } from './git/git-server.js';
import { HgServer } from './hg/hg-server.js';
import { VersionControl } from './vcs.js';
import { VersionControlService } from './version-control.service.js';

/** Expects a global provider of SETTINGS. */
@Module({
  providers: [
    {
      provide: VersionControl,
      inject: [SETTINGS],
      useFactory: (settings: Settings) => new VersionControlService(settings),
    },
    {
      provide: GitServer,
      inject: [SETTINGS],
      useFactory: ({ maxPushBytes }: Settings) => new GitServer(maxPushBytes),
    },
    {
      provide: HgServer,
      inject: [SETTINGS],
      useFactory: ({ transferConcurrency, maxPushBytes }: Settings) =>
        new HgServer(transferConcurrency, maxPushBytes),
    },
    { provide: RepoRoot, inject: [SETTINGS], useFactory: ({ repoRoot }: Settings) => new RepoRoot(repoRoot) },
  ],
  exports: [GitServer, HgServer, VersionControl, RepoRoot],
})
export class VcsModule {}
