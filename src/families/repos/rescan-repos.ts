import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { refused, RpcFault } from '../../rpc/errors.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import type { RepoType } from '../../vcs/vcs.js';
import { splitName } from '../repo-groups/object-name.js';
import { RepoGroupsService } from '../repo-groups/repo-groups.service.js';
import { GatewaySettings } from '../settings/gateway-settings.js';
import { DeleteRepo } from './delete-repo.js';
import { PushComparisons } from './push-comparisons.js';
import { RepoCreation } from './repo-creation.js';
import { ReposDirectory } from './repos.directory.js';

/** Makes the database agree with the repository root: adopts what is new, and on request forgets what is gone. */
@Injectable()
export class RescanRepos {
  private readonly log = new Logger('RescanRepos');

  constructor(
    private readonly db: Database,
    private readonly repos: ReposDirectory,
    private readonly groups: RepoGroupsService,
    private readonly creation: RepoCreation,
    private readonly deletion: DeleteRepo,
    private readonly comparisons: PushComparisons,
    private readonly settings: GatewaySettings,
    private readonly root: RepoRoot,
  ) {}

  /** @returns names that were really added and really removed */
  async run(caller: Caller, removeObsolete: boolean): Promise<{ added: string[]; removed: string[] }> {
    const found = new Map<string, RepoType>();
    try {
      for await (const { name, type } of this.root.scan()) found.set(name, type);
    } catch (error) {
      throw refused('Error occurred during rescan repositories action', error);
    }
    const known = await this.db.query<{ repo_id: number; repo_name: string; repo_state: string }>(
      'SELECT repo_id, repo_name, repo_state FROM repo ORDER BY repo_name',
    );
    const knownNames = new Set(known.map((repo) => repo.repo_name));
    const added: string[] = [];
    for (const [name, type] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (!knownNames.has(name) && (await this.adopt(caller, name, type))) added.push(name);
    }
    await this.comparisons.askForAll(caller);
    // What is still being created has no directory yet
    const gone = known.filter(
      (repo) => !found.has(repo.repo_name) && repo.repo_state !== 'repo_state_pending',
    );
    return { added, removed: removeObsolete ? await this.forget(caller, gone) : [] };
  }

  private async adopt(caller: Caller, name: string, type: RepoType): Promise<boolean> {
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
      const detail = error instanceof RpcFault ? (error.data['detail'] ?? error.message) : error;
      this.log.warn(`left out \`${name}\`: ${String(detail)}`);
      return false;
    }
  }

  private async forget(caller: Caller, gone: readonly { repo_id: number }[]): Promise<string[]> {
    const removed: string[] = [];
    for (const { repo_id } of gone) {
      const repo = await this.repos.load(this.db, repo_id);
      if (!repo) continue;
      try {
        await this.deletion.run(caller, repo, 'detach');
        removed.push(repo.repo_name);
      } catch (error) {
        this.log.warn(`could not remove \`${repo.repo_name}\`: ${(error as Error).message}`);
      }
    }
    return removed;
  }
}
