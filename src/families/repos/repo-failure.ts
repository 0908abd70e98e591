import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.js';
import { JOB_CANCELLED } from '../../jobs/job-error.js';
import type { RunningJob } from '../../jobs/job.js';
import type { RpcFault } from '../../rpc/errors.js';
import { repoFailed, type RepoFailed } from '../../sdk/index.js';
import { RepoEvents } from './repo-events.js';
import type { RepoRecord } from './repo-record.js';

/** Tells that work on a repository failed. */
@Injectable()
export class RepoFailure {
  constructor(private readonly events: RepoEvents) {}

  async record(tx: Tx, job: RunningJob, repo: RepoRecord, fault: RpcFault): Promise<void> {
    const { detail, code } = fault.data;
    await this.events.record(tx, repoFailed, job.caller, repo, {
      repo: this.events.shape(repo),
      operation: job.kind as RepoFailed['operation'],
      job_id: job.jobId,
      cancelled: code === JOB_CANCELLED,
      error: fault.message,
      detail: typeof detail === 'string' ? detail : null,
    });
  }
}
