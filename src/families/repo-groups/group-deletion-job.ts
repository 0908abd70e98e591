import { Injectable, Logger } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { Rights } from '../../access/rights.js';
import { Database, type Tx } from '../../database/database.js';
import { JobHandlers } from '../../jobs/job-handlers.js';
import type { JobHandler, RunningJob } from '../../jobs/job.js';
import { refused, type RpcFault } from '../../rpc/errors.js';
import { repoGroupDeleted } from '../../sdk/index.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { DeleteRepo } from '../repos/delete-repo.js';
import { RepoPolicies } from '../repos/repo-policies.js';
import { ReposDirectory } from '../repos/repos.directory.js';
import { WebhooksService } from '../webhooks/webhooks.service.js';
import { DirectoryMoves } from './directory-moves.js';
import { failing } from './failing.js';
import { contentsOf, isEmpty, reposIn, type GroupContents } from './group-contents.js';
import { GroupJobs } from './group-jobs.js';
import type { SeenGroup } from './group-move-job.js';
import { isStillThere } from './name-tree.js';
import { RepoGroupEvents } from './repo-group-events.js';
import { describeRepoGroups } from './repo-group-reader.js';

export type GroupDeletionArgs = {
  group: SeenGroup;
  recursive: boolean;
  /** The method's own text for whatever goes wrong, and for a group that is not empty. */
  failure: string;
  notEmpty: string;
  /** What the method answers. */
  result: { msg: string; repo_group: null };
};

/** Rows go, the whole directory is renamed to `rm__..._GROUP_<name>` in the root, from where it can be restored. */
@Injectable()
export class GroupDeletionJob implements JobHandler<GroupDeletionArgs> {
  private readonly log = new Logger('GroupDeletionJob');

  constructor(
    handlers: JobHandlers,
    private readonly db: Database,
    private readonly jobs: GroupJobs,
    private readonly access: Access,
    private readonly events: RepoGroupEvents,
    private readonly moves: DirectoryMoves,
    private readonly repoDeletion: DeleteRepo,
    private readonly repos: ReposDirectory,
    private readonly rights: Rights,
    private readonly root: RepoRoot,
    private readonly webhooks: WebhooksService,
    private readonly policies: RepoPolicies,
  ) {
    handlers.register('delete_repo_group', this);
  }

  async run(job: RunningJob<GroupDeletionArgs>): Promise<void> {
    const { group, recursive, failure, notEmpty, result } = job.args;
    const { group_name: name } = group;
    const failed = failing(failure);
    if (job.attempt > 1) await this.moves.undoLeft(name);
    const asked = await reposIn(this.db, await contentsOf(this.db, group.group_id));
    await this.policies.requireDeletion(job.caller, asked, failure);
    const trash = this.root.trashFor(name, new Date(), 'group');
    await this.moves.run(name, trash, async (tx, move) => {
      if (!(await isStillThere(tx, group))) throw failed('it was changed at the same moment', 'CONFLICT');
      const contents = await contentsOf(tx, group.group_id);
      if (!isEmpty(contents) && !recursive) throw refused(notEmpty);
      // Policies think too long for a transaction of the name tree; what came after they were asked is not theirs
      if (JSON.stringify(await reposIn(tx, contents)) !== JSON.stringify(asked))
        throw failed('it was changed at the same moment', 'CONFLICT');
      await this.forget(tx, job, contents);
      await job.succeed(tx, result);
      // Nobody must find deleted what he was told was cancelled
      job.caller.signal.throwIfAborted();
      await this.toTrash(name, move).catch((error: unknown) => {
        throw failed('the directory could not be moved', 'REFUSED', error);
      });
    });
  }

  /** {@link DirectoryMoves} takes back what did not come to its end. */
  async clean(): Promise<void> {}

  failed(tx: Tx, job: RunningJob, fault: RpcFault): Promise<void> {
    return this.jobs.failed(tx, job, fault);
  }

  private async forget(
    tx: Tx,
    { caller, progress }: RunningJob,
    { group_ids, repo_ids }: GroupContents,
  ): Promise<void> {
    for (const [done, repoId] of repo_ids.entries()) {
      caller.signal.throwIfAborted();
      const { repo_name } = await this.repoDeletion.forget(tx, caller, repoId);
      this.access.requireScope(caller.principal, 'repo', repo_name);
      progress({ done: done + 1, total: repo_ids.length, text: 'Deleting repositories' });
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
