import { Module } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import { RepoRoot } from './repo-root.js';
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
    { provide: RepoRoot, inject: [SETTINGS], useFactory: ({ repoRoot }: Settings) => new RepoRoot(repoRoot) },
  ],
  exports: [VersionControl, RepoRoot],
})
export class VcsModule {}
