import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { repoFetched } from '../../sdk/index.js';
import { RepoEvents } from './repo-events.js';
import { RepoLocks } from './repo-locks.js';
import type { RepoRecord } from './repo-record.js';

/** The webhooks of everything, of this repository, and of the groups above it. */
const IS_WANTED = `
  SELECT 1 FROM webhook WHERE $1 = ANY (event_types) AND retired_at IS NULL AND (repo_id = $2 OR
    repo_group_id = ANY ($3::int[]) OR (repo_id IS NULL AND repo_group_id IS NULL)) LIMIT 1`;

/** What follows when a client has fetched from a repository. */
@Injectable()
export class Fetches {
  constructor(
    private readonly db: Database,
    private readonly locks: RepoLocks,
    private readonly events: RepoEvents,
  ) {}

  async happened(caller: Caller, repo: RepoRecord): Promise<void> {
    await this.locks.onPull(caller, repo);
    const [wanted] = await this.db.prepared('repo_fetched_wanted', IS_WANTED, [
      repoFetched.type,
      repo.repo_id,
      repo.group_ids,
    ]);
    if (wanted) await this.db.transaction((tx) => this.events.record(tx, repoFetched, caller, repo, {}));
  }
}
