import type { OnApplicationShutdown } from '@nestjs/common';
import type { Settings } from '../config/settings.js';
import { AddressPolicy } from '../egress/address-policy.js';
import { GitBackend } from './git/git.backend.js';
import type { StaleLocks } from './git/stale-locks.js';
import { HgBackend } from './hg/hg.backend.js';
import { RemoteCheck } from './remote.js';
import { VersionControl, type RepoType, type VcsBackend } from './vcs.js';

/** Owns the backends and, through them, every child process of version control. */
export class VersionControlService extends VersionControl implements OnApplicationShutdown {
  private readonly git: GitBackend;
  private readonly hg: HgBackend;

  /** @param searchPath directories of the programs, separated as in PATH; the machine's unless given */
  constructor(
    settings: Pick<Settings, 'allowPrivateNetworks' | 'egressProxy' | 'transferTimeoutMs' | 'maxPullBytes'>,
    searchPath?: string,
    locks?: StaleLocks,
  ) {
    super();
    const egressProxy = settings.egressProxy === null ? null : new URL(settings.egressProxy);
    const remotes = new RemoteCheck(new AddressPolicy(settings.allowPrivateNetworks), egressProxy, settings);
    this.git = new GitBackend(remotes, searchPath, locks);
    this.hg = new HgBackend(remotes, searchPath);
  }

  override backend(type: RepoType): VcsBackend {
    return type === 'git' ? this.git : this.hg;
  }

  override async close(): Promise<void> {
    await Promise.all([this.git.close(), this.hg.close()]);
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }
}
