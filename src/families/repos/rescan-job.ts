import { Injectable, Logger } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { Database } from '../../database/database.js';
import { JobHandlers } from '../../jobs/job-handlers.js';
import type { JobHandler, RunningJob } from '../../jobs/job.js';
import type { Caller } from '../../rpc/call.js';
import { refused } from '../../rpc/errors.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import type { RepoType } from '../../vcs/vcs.js';
import { splitName } from '../repo-groups/object-name.js';
import { RepoGroupsService } from '../repo-groups/repo-groups.service.js';
import { GatewaySettings } from '../settings/gateway-settings.js';
import { DeleteRepo } from './delete-repo.js';
import { PushComparisons } from './push-comparisons.js';
import { RepoCreation } from './repo-creation.js';
import type { RepoRecord } from './repo-record.js';
import { ReposDirectory } from './repos.directory.js';

export type RescanArgs = { remove_obsolete: boolean };

type Known = { repo_id: number; repo_name: string; repo_state: string };

/**
 * Makes the database agree with the repository root: adopts what is new, and on request forgets what is gone. One
 * repository after the other, so that an attempt after the death of its process finds the rest, and tells that alone.
 */
@Injectable()
export class RescanJob implements JobHandler<RescanArgs> {
  private readonly log = new Logger('RescanJob');

  constructor(
    handlers: JobHandlers,
    private readonly db: Database,
    private readonly access: Access,
    private readonly repos: ReposDirectory,
    private readonly groups: RepoGroupsService,
    private readonly creation: RepoCreation,
    private readonly deletion: DeleteRepo,
    private readonly comparisons: PushComparisons,
    private readonly settings: GatewaySettings,
    private readonly root: RepoRoot,
  ) {
    handlers.register('rescan_repos', this);
  }

  /** Answers names that were really added and really removed. */
  async run(job: RunningJob<RescanArgs>): Promise<{ added: string[]; removed: string[] }> {
    const found = await this.found(job.caller);
    const known = await this.db.query<Known>(
      'SELECT repo_id, repo_name, repo_state FROM repo ORDER BY repo_name',
    );
    const knownNames = new Set(known.map((repo) => repo.repo_name));
    const unknown = [...found].filter(([name]) => !knownNames.has(name)).sort(([a], [b]) => (a < b ? -1 : 1));
    const added: string[] = [];
    for (const [done, [name, type]] of unknown.entries()) {
      if (await this.adopt(job.caller, name, type)) added.push(name);
      job.progress({ done: done + 1, total: unknown.length, text: 'Adopting repositories' });
    }
    if (!this.access.isLimitedToObjects(job.caller.principal)) await this.comparisons.askForAll(job.caller);
    // What is still being created has no directory yet
    const gone = known.filter(
      (repo) => !found.has(repo.repo_name) && repo.repo_state !== 'repo_state_pending',
    );
    const removed = job.args.remove_obsolete ? await this.forget(job, gone) : [];
    return { added, removed };
  }

  /** Each repository is adopted or forgotten as a whole. */
  async clean(): Promise<void> {}

  async failed(): Promise<void> {}

  private async found({ signal }: Caller): Promise<Map<string, RepoType>> {
    const found = new Map<string, RepoType>();
    try {
      for await (const { name, type } of this.root.scan()) {
        signal.throwIfAborted();
        found.set(name, type);
      }
    } catch (error) {
      throw refused('Error occurred during rescan repositories action', error);
    }
    return found;
  }

  /** What the key of the caller must not touch is left where it is. */
  private async adopt(caller: Caller, name: string, type: RepoType): Promise<boolean> {
    caller.signal.throwIfAborted();
    if (!this.access.isInScope(caller.principal, 'repo', name)) return false;
    try {
      const [parent, base] = splitName(name);
      const group = parent === null ? null : await this.groups.ensure(caller, parent);
      const defaults = await this.settings.all();
      const [owner] = await this.db.query<{ user_id: number }>(
        'SELECT user_id FROM "user" WHERE admin ORDER BY user_id LIMIT 1',
      );
      await this.creation.adopt(
        caller,
        {
          name,
          type,
          group,
          ownerId: owner?.user_id ?? caller.principal.userId,
          private: defaults.default_repo_private,
          description: `${base} repository`,
          cloneUri: null,
          landingRev: 'rev:tip',
          enableStatistics: defaults.default_repo_enable_statistics,
          enableDownloads: defaults.default_repo_enable_downloads,
          forkOf: null,
          copyPermissions: false,
        },
        `failed to add repository \`${name}\``,
      );
      return true;
    } catch (error) {
      caller.signal.throwIfAborted();
      this.log.warn(`left out \`${name}\`: ${(error as Error).message}`);
      return false;
    }
  }

  private async forget({ caller, progress }: RunningJob, gone: readonly Known[]): Promise<string[]> {
    const removed: string[] = [];
    for (const [done, { repo_id }] of gone.entries()) {
      caller.signal.throwIfAborted();
      const repo = await this.repos.load(this.db, repo_id);
      if (repo && (await this.forgetOne(caller, repo))) removed.push(repo.repo_name);
      progress({ done: done + 1, total: gone.length, text: 'Forgetting repositories' });
    }
    return removed;
  }

  private async forgetOne(caller: Caller, repo: RepoRecord): Promise<boolean> {
    try {
      await this.deletion.run(caller, repo, 'detach');
      return true;
    } catch (error) {
      this.log.warn(`could not remove \`${repo.repo_name}\`: ${(error as Error).message}`);
      return false;
    }
  }
}
