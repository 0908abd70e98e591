import { Injectable, Logger } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { Rights } from '../../access/rights.js';
import type { Tx } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { refused } from '../../rpc/errors.js';
import { repoGroupDeleted } from '../../sdk/index.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { DeleteRepo } from '../repos/delete-repo.js';
import { ReposDirectory } from '../repos/repos.directory.js';
import { WebhooksService } from '../webhooks/webhooks.service.js';
import { DirectoryMoves } from './directory-moves.js';
import { failing, type Failed } from './failing.js';
import { isStillThere } from './name-tree.js';
import { RepoGroupEvents } from './repo-group-events.js';
import { describeRepoGroups } from './repo-group-reader.js';
import { SUBTREE_IDS, type RepoGroupRecord } from './repo-groups.directory.js';
import type { DeleteRepoGroupArgs } from './repo-groups.dto.js';

interface Contents extends Record<string, unknown> {
  group_ids: number[];
  /** Newest first, so that a fork goes before what it was forked from. */
  repo_ids: number[];
}

const CONTENTS = `
  SELECT below.ids AS group_ids,
    ARRAY(SELECT r.repo_id FROM repo r WHERE r.group_id = ANY (below.ids) ORDER BY r.repo_id DESC) AS repo_ids
  FROM (SELECT ${SUBTREE_IDS('$1::int')} AS ids) AS below`;

@Injectable()
export class DeleteRepoGroup {
  private readonly log = new Logger('DeleteRepoGroup');

  constructor(
    private readonly access: Access,
    private readonly events: RepoGroupEvents,
    private readonly moves: DirectoryMoves,
    private readonly repoDeletion: DeleteRepo,
    private readonly repos: ReposDirectory,
    private readonly rights: Rights,
    private readonly root: RepoRoot,
    private readonly webhooks: WebhooksService,
  ) {}

  /** Rows go, the whole directory is renamed to `rm__..._GROUP_<name>` in the root, from where it can be restored. */
  async run(
    caller: Caller,
    group: RepoGroupRecord,
    { repogroupid, recursive }: DeleteRepoGroupArgs,
  ): Promise<{ msg: string; repo_group: null }> {
    const label = `repo group ID:${group.group_id} ${group.group_name}`;
    const failed = failing(`failed to delete ${label}`);
    await this.moves.run(
      group.group_name,
      this.root.trashFor(group.group_name, new Date(), 'group'),
      async (tx, move) => {
        const contents = await this.contents(tx, group, failed);
        const isEmpty = contents.group_ids.length === 1 && contents.repo_ids.length === 0;
        if (!isEmpty && !recursive) throw refused(`repo group \`${repogroupid}\` is not empty`);
        await this.forget(tx, caller, contents);
        if (caller.signal.aborted) throw failed('the deadline has passed');
        await this.toTrash(group.group_name, move).catch((error: unknown) => {
          throw failed('the directory could not be moved', 'REFUSED', error);
        });
      },
    );
    return { msg: `deleted ${label}`, repo_group: null };
  }

  private async contents(tx: Tx, group: RepoGroupRecord, failed: Failed): Promise<Contents> {
    if (!(await isStillThere(tx, group))) throw failed('it was changed at the same moment', 'CONFLICT');
    const [found] = await tx.query<Contents>(CONTENTS, [group.group_id]);
    if (!found) throw new Error('a query without a table yields one row');
    return found;
  }

  private async forget(tx: Tx, caller: Caller, { group_ids, repo_ids }: Contents): Promise<void> {
    for (const repoId of repo_ids) {
      const { repo_name } = await this.repoDeletion.forget(tx, caller, repoId);
      this.access.requireScope(caller.principal, 'repo', repo_name);
    }
    const groups = await describeRepoGroups(tx, group_ids);
    for (const group of groups.reverse()) {
      this.access.requireScope(caller.principal, 'repoGroup', group.group_name);
      await this.events.record(tx, repoGroupDeleted, caller, group, {});
      await this.webhooks.retireRepoGroup(tx, group.group_id);
      await tx.query('DELETE FROM repo_group WHERE group_id = $1', [group.group_id]);
    }
    // Forks elsewhere are detached
    await this.repos.changed(tx);
    await this.rights.changed(tx);
  }

  private async toTrash(name: string, move: () => Promise<void>): Promise<void> {
    if (this.root.isTaken(name)) await move();
    else this.log.warn(`repository group \`${name}\` had no directory`);
  }
}
