import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { Database } from '../../database/database.js';
import { RepoRoot } from '../../vcs/repo-root.js';

/**
 * Sweeps away, after a start, what processes that died were filling for repositories that nobody makes any more. What
 * belongs to a job is left to it.
 */
@Injectable()
export class UnfinishedRepos implements OnApplicationBootstrap {
  private readonly log = new Logger('UnfinishedRepos');

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly db: Database,
    private readonly root: RepoRoot,
  ) {}

  /** Beside the start: with many groups it takes a while, and nothing waits for it. */
  onApplicationBootstrap(): void {
    if (this.settings.roles.has('jobs')) void this.sweep();
  }

  private async sweep(): Promise<void> {
    try {
      const count = await this.root.sweepUnfinished(() => this.pending());
      if (count > 0) this.log.warn(`took away ${count} unfinished directories`);
    } catch (error) {
      this.log.error(`cannot sweep unfinished directories: ${(error as Error).message}`);
    }
  }

  private async pending(): Promise<string[]> {
    const rows = await this.db.query<{ repo_name: string }>(
      "SELECT repo_name FROM repo WHERE repo_state = 'repo_state_pending'",
    );
    return rows.map(({ repo_name }) => repo_name);
  }
}
