import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VersionControl } from '../../vcs/vcs.js';
import { asFailure } from './as-failure.js';
import type { RepoRecord } from './repo-record.js';
import { ReposDirectory } from './repos.directory.js';
import { saveLastChangeset } from './stored-changeset.js';

@Injectable()
export class InvalidateCache {
  constructor(
    private readonly db: Database,
    private readonly repos: ReposDirectory,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {}

  /** Looks at the repository itself again; what changed in it behind our back shows from now on. @param given as written */
  async run(
    caller: Caller,
    repo: RepoRecord,
    given: number | string,
  ): Promise<{ msg: string; repository: string }> {
    try {
      const directory = this.root.directory(repo.repo_name);
      const backend = this.vcs.backend(repo.repo_type);
      await backend.release(directory);
      const last = await backend.lastChangeset(directory, caller);
      await this.db.transaction(async (tx) => {
        await saveLastChangeset(tx, repo.repo_id, last);
        await this.repos.changed(tx, repo.repo_id);
      });
    } catch (error) {
      throw asFailure(error, 'Error occurred during cache invalidation action');
    }
    return { msg: `Cache for repository \`${given}\` was invalidated`, repository: repo.repo_name };
  }
}
