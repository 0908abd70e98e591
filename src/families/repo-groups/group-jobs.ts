import { Injectable } from '@nestjs/common';
import { doesNotExist } from '../../access/object-directory.js';
import { Database, type Tx } from '../../database/database.js';
import { JOB_CANCELLED } from '../../jobs/job-error.js';
import { JobQueue } from '../../jobs/job-queue.js';
import type { RunningJob } from '../../jobs/job.js';
import type { Caller } from '../../rpc/call.js';
import type { RpcFault } from '../../rpc/errors.js';
import { repoGroupFailed, type JsonObject, type RepoGroupFailed } from '../../sdk/index.js';
import { RepoGroupEvents } from './repo-group-events.js';
import { describeRepoGroups } from './repo-group-reader.js';
import type { RepoGroupRecord } from './repo-groups.directory.js';

/** What takes long with everything that lies below a group. It is one step of the name tree, done by a job. */
@Injectable()
export class GroupJobs {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobQueue,
    private readonly events: RepoGroupEvents,
  ) {}

  /** @returns job_id */
  start(
    caller: Caller,
    kind: RepoGroupFailed['operation'],
    { group_id: id, group_name: name }: RepoGroupRecord,
    args: JsonObject,
  ): Promise<number> {
    return this.db.transaction(async (tx) => {
      const [found] = await tx.query('SELECT 1 FROM repo_group WHERE group_id = $1 FOR KEY SHARE', [id]);
      if (!found) throw doesNotExist('repoGroup', name);
      return this.jobs.add(tx, caller, { kind, lane: 'local', group: { id, name }, args, here: true });
    });
  }

  wait<Result extends object>(jobId: number, caller: Caller): Promise<Result> {
    return this.jobs.wait(jobId, caller);
  }

  /** Tells that it came to nothing; nobody is told when the group is gone, as its webhooks are. */
  async failed(tx: Tx, job: RunningJob, fault: RpcFault): Promise<void> {
    const [group] = await describeRepoGroups(tx, [job.groupId]);
    if (!group) return;
    const { detail, code } = fault.data;
    await this.events.record(tx, repoGroupFailed, job.caller, group, {
      operation: job.kind as RepoGroupFailed['operation'],
      job_id: job.jobId,
      cancelled: code === JOB_CANCELLED,
      error: fault.message,
      detail: typeof detail === 'string' ? detail : null,
    });
  }
}
