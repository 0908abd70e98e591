import { mkdir } from 'node:fs/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { Sql, Tx } from '../../database/database.js';
import { JobHandlers } from '../../jobs/job-handlers.js';
import type { JobHandler, RunningJob } from '../../jobs/job.js';
import type { RpcFault } from '../../rpc/errors.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { DirectoryMoves } from './directory-moves.js';
import { failing, type Failed } from './failing.js';
import { GroupJobs } from './group-jobs.js';
import { isStillThere } from './name-tree.js';
import { RenameBelow } from './rename-below.js';
import { RepoGroupWriter, type RepoGroupColumns } from './repo-group-writer.js';
import { toRepoGroupView } from './repo-group.view.js';
import { ANCESTOR_IDS, isNameTaken } from './repo-groups.directory.js';

/** A group, by the name that it was seen under. */
export type SeenGroup = { group_id: number; group_name: string };

export type GroupMove = {
  group: SeenGroup;
  /** Its full name there. */
  to: string;
  /** The group above it there; null: the top. */
  parent: SeenGroup | null;
};

export type GroupMoveArgs = GroupMove & {
  /** The method's own text for whatever goes wrong. */
  failure: string;
  columns: RepoGroupColumns;
};

/**
 * Takes everything below a group along to another name: names in the database and the directory on disk, in one
 * transaction. What a process that died had moved goes back before the next attempt.
 */
@Injectable()
export class GroupMoveJob implements JobHandler<GroupMoveArgs> {
  private readonly log = new Logger('GroupMoveJob');

  constructor(
    handlers: JobHandlers,
    private readonly jobs: GroupJobs,
    private readonly moves: DirectoryMoves,
    private readonly below: RenameBelow,
    private readonly writer: RepoGroupWriter,
    private readonly root: RepoRoot,
  ) {
    handlers.register('update_repo_group', this);
  }

  async run(job: RunningJob<GroupMoveArgs>): Promise<void> {
    const { args, caller } = job;
    const { group, to, parent } = args;
    const failed = failing(args.failure);
    if (job.attempt > 1) await this.moves.undoLeft(group.group_name);
    await this.moves.run(group.group_name, to, async (tx, moveDirectory) => {
      await refuseUnmovable(tx, args, failed);
      const renaming = { group_id: group.group_id, from: group.group_name, to };
      const columns = { ...args.columns, parent_id: parent?.group_id ?? null };
      let ids: number[] = [];
      const after = await this.writer.change(tx, caller, group, columns, async () => {
        ids = await this.below.rename(tx, caller, renaming, failed);
      });
      await this.below.record(tx, job, renaming, ids);
      await job.succeed(tx, {
        msg: `updated repository group ID:${after.group_id} ${after.group_name}`,
        repo_group: { ...toRepoGroupView(after) },
      });
      // Nobody must find moved what he was told was cancelled
      caller.signal.throwIfAborted();
      await this.onDisk(group.group_name, to, moveDirectory).catch((error: unknown) => {
        throw failed('the directory could not be moved', 'REFUSED', error);
      });
    });
  }

  /** {@link DirectoryMoves} takes back what did not come to its end. */
  async clean(): Promise<void> {}

  failed(tx: Tx, job: RunningJob, fault: RpcFault): Promise<void> {
    return this.jobs.failed(tx, job, fault);
  }

  private async onDisk(from: string, to: string, move: () => Promise<void>): Promise<void> {
    if (this.root.isTaken(from)) return move();
    this.log.warn(`repository group \`${from}\` had no directory`);
    await mkdir(this.root.directory(to), { recursive: true });
  }
}

/** @throws RpcFault CONFLICT when the group cannot go there, or is no longer where it was seen */
export async function refuseUnmovable(
  sql: Sql,
  { group, to, parent }: GroupMove,
  failed: Failed,
): Promise<void> {
  if (!(await isStillThere(sql, group)) || !(await isStillThere(sql, parent)))
    throw failed('it was moved at the same moment', 'CONFLICT');
  const [cycle] = await sql.query(`SELECT 1 WHERE $1::int = ANY (${ANCESTOR_IDS('$2::int')})`, [
    group.group_id,
    parent?.group_id ?? null,
  ]);
  if (cycle) throw failed('a group cannot be moved into itself', 'CONFLICT');
  if (to.toLowerCase() === group.group_name.toLowerCase()) return;
  const taken = await isNameTaken(sql, to);
  if (taken) throw failed(`a ${taken === 'repo' ? 'repository' : 'group'} of that name exists`, 'CONFLICT');
}
