import { Injectable } from '@nestjs/common';
import { doesNotExist } from '../../access/object-directory.js';
import { Database } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import type { ResultOf } from '../../rpc/result-shapes.js';
import { UsersDirectory } from '../users/users.directory.js';
import { failing, type Failed } from './failing.js';
import { GroupJobs } from './group-jobs.js';
import { refuseUnmovable, type GroupMove, type GroupMoveArgs } from './group-move-job.js';
import { componentFault, isTooLong, joinName, splitName } from './object-name.js';
import { describeRepoGroup, RepoGroupReader } from './repo-group-reader.js';
import { RepoGroupWriter, type RepoGroupColumns } from './repo-group-writer.js';
import { toRepoGroupView } from './repo-group.view.js';
import { RepoGroupsDirectory, type RepoGroupRecord } from './repo-groups.directory.js';
import type { UpdateRepoGroupArgs } from './repo-groups.dto.js';
import type { ChangedRepoGroup } from './repo-groups.results.js';
import { renamed, ScopesBelow } from './scopes-below.js';

/** Changes the group at once; another name or place is the work of a {@link GroupJobs job}. */
@Injectable()
export class UpdateRepoGroup {
  constructor(
    private readonly db: Database,
    private readonly groups: RepoGroupsDirectory,
    private readonly users: UsersDirectory,
    private readonly reader: RepoGroupReader,
    private readonly scopes: ScopesBelow,
    private readonly writer: RepoGroupWriter,
    private readonly jobs: GroupJobs,
  ) {}

  async run(
    caller: Caller,
    group: RepoGroupRecord,
    args: UpdateRepoGroupArgs,
  ): Promise<ResultOf<typeof ChangedRepoGroup>> {
    const failure = `failed to update repository group \`${args.repogroupid}\``;
    const failed = failing(failure);
    const columns = await this.columns(args, failed);
    const move = await this.place(group, args);
    if (move.to === group.group_name) {
      const updated = await this.db.transaction((tx) => this.writer.change(tx, caller, group, columns));
      return {
        msg: `updated repository group ID:${updated.group_id} ${updated.group_name}`,
        repo_group: this.reader.inScope(caller.principal, toRepoGroupView(updated)),
      };
    }
    await this.checkMove(caller, move, failed);
    const jobArgs: GroupMoveArgs = { ...move, columns, failure };
    const present = await describeRepoGroup(this.db, group.group_id);
    const jobId = await this.jobs.start(caller, 'update_repo_group', group, jobArgs);
    if (args.wait) return this.jobs.wait(jobId, caller);
    return {
      msg: `moving repository group ID:${group.group_id} ${group.group_name} to ${move.to}`,
      repo_group: this.reader.inScope(caller.principal, toRepoGroupView(present)),
      job_id: jobId,
    };
  }

  private async columns(args: UpdateRepoGroupArgs, failed: Failed): Promise<RepoGroupColumns> {
    const columns: RepoGroupColumns = {};
    if (args.description !== undefined) columns.group_description = args.description;
    if (args.owner !== undefined) {
      const owner = await this.users.find(args.owner);
      if (!owner) throw failed(`user \`${args.owner}\` does not exist`);
      columns.owner_id = owner.user_id;
    }
    return columns;
  }

  private async place(
    { group_id, group_name, parent_id }: RepoGroupRecord,
    args: UpdateRepoGroupArgs,
  ): Promise<GroupMove> {
    const group = { group_id, group_name };
    const base = args.group_name ?? splitName(group_name)[1];
    const given = args.parent ?? parent_id ?? '';
    if (given === '') return { group, to: base, parent: null };
    const parent = await this.groups.find(given);
    if (!parent) throw doesNotExist('repoGroup', given);
    return {
      group,
      to: joinName(parent.group_name, base),
      parent: { group_id: parent.group_id, group_name: parent.group_name },
    };
  }

  /** What can be refused now needs no job; whatever changes until it runs is refused by the job. */
  private async checkMove({ principal }: Caller, move: GroupMove, failed: Failed): Promise<void> {
    const { group, to, parent } = move;
    const fault = componentFault(splitName(to)[1], parent === null);
    if (fault) throw failed(`the name ${fault}`);
    if (isTooLong(to)) throw failed('the name is too long');
    await this.scopes.require(this.db, principal, group.group_id, renamed(group.group_name, to));
    await refuseUnmovable(this.db, move, failed);
  }
}
