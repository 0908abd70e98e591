import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VcsError, VersionControl } from '../../vcs/vcs.js';
import { BranchMoves } from './branch-moves.js';
import type { RepoRecord } from './repo-record.js';
import { ReposDirectory } from './repos.directory.js';

/**
 * Brings what makes large repositories fast to read up to date behind pushes, pulls and merges: one repository at a
 * time, each once however much moved meanwhile. Nothing is lost when it does not come to it; it is done at the next move.
 */
@Injectable()
export class RepoUpkeep implements BeforeApplicationShutdown {
  private readonly log = new Logger('RepoUpkeep');
  private readonly waiting = new Set<number>();
  private readonly stop = new AbortController();
  private running: Promise<void> | null = null;

  constructor(
    private readonly repos: ReposDirectory,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
    moves: BranchMoves,
  ) {
    moves.follow((_caller, repo) => {
      this.later(repo);
      return Promise.resolve();
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  private later({ repo_id }: RepoRecord): void {
    if (this.stop.signal.aborted) return;
    this.waiting.add(repo_id);
    this.running ??= this.work().finally(() => (this.running = null));
  }

  private async work(): Promise<void> {
    for (const id of this.waiting) {
      this.waiting.delete(id);
      if (this.stop.signal.aborted) return;
      await this.optimize(id);
    }
  }

  private async optimize(id: number): Promise<void> {
    try {
      const repo = await this.repos.byId(id);
      if (repo === null || repo.repo_state !== 'repo_state_created') return;
      const { signal } = this.stop;
      await this.vcs.backend(repo.repo_type).optimize(this.root.directory(repo.repo_name), { signal });
    } catch (error) {
      if (error instanceof VcsError && error.code === 'ABORTED') return;
      this.log.warn(`repository ${id} could not be made faster to read: ${(error as Error).message}`);
    }
  }
}
