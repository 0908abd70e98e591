import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { refused } from '../../rpc/errors.js';
import type { ResultOf } from '../../rpc/result-shapes.js';
import { RepoPolicies } from '../repos/repo-policies.js';
import { contentsOf, isEmpty, reposIn } from './group-contents.js';
import type { GroupDeletionArgs } from './group-deletion-job.js';
import { GroupJobs } from './group-jobs.js';
import type { RepoGroupRecord } from './repo-groups.directory.js';
import type { DeleteRepoGroupArgs } from './repo-groups.dto.js';
import type { DeletedRepoGroup } from './repo-groups.results.js';
import { ScopesBelow } from './scopes-below.js';

/** Refuses what can be refused now; the rest is the work of a {@link GroupJobs job}. */
@Injectable()
export class DeleteRepoGroup {
  constructor(
    private readonly db: Database,
    private readonly scopes: ScopesBelow,
    private readonly jobs: GroupJobs,
    private readonly policies: RepoPolicies,
  ) {}

  async run(
    caller: Caller,
    group: RepoGroupRecord,
    args: DeleteRepoGroupArgs,
  ): Promise<ResultOf<typeof DeletedRepoGroup>> {
    const { group_id, group_name } = group;
    const label = `repo group ID:${group_id} ${group_name}`;
    const jobArgs: GroupDeletionArgs = {
      group: { group_id, group_name },
      recursive: args.recursive,
      failure: `failed to delete ${label}`,
      notEmpty: `repo group \`${args.repogroupid}\` is not empty`,
      result: { msg: `deleted ${label}`, repo_group: null },
    };
    const contents = await contentsOf(this.db, group_id);
    if (!args.recursive && !isEmpty(contents)) throw refused(jobArgs.notEmpty);
    await this.scopes.require(this.db, caller.principal, group_id);
    await this.policies.requireDeletion(caller, await reposIn(this.db, contents), jobArgs.failure);
    const jobId = await this.jobs.start(caller, 'delete_repo_group', group, jobArgs);
    if (args.wait) return this.jobs.wait(jobId, caller);
    return { msg: `deleting ${label}`, repo_group: null, job_id: jobId };
  }
}
