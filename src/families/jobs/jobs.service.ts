import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { JobQueue } from '../../jobs/job-queue.js';
import { JobsLog, type JobRecord } from '../../jobs/jobs-log.js';
import type { Caller } from '../../rpc/call.js';
import { conflict, notFound, RpcFault } from '../../rpc/errors.js';
import { toJobView, type JobView } from './job.view.js';
import type { GetJobsArgs } from './jobs.dto.js';

/** Everybody sees and cancels his own jobs, super admins all of them; a key with scopes those of its repositories and groups. */
@Injectable()
export class JobsService {
  constructor(
    private readonly access: Access,
    private readonly queue: JobQueue,
    private readonly log: JobsLog,
  ) {}

  async get(caller: Caller, jobId: number): Promise<JobView> {
    return this.view(caller, await this.require(caller, jobId));
  }

  /** Newest first; `next` is null on the last page. */
  async list(caller: Caller, args: GetJobsArgs): Promise<{ jobs: JobView[]; next: number | null }> {
    const { admin, userId } = caller.principal;
    const page = await this.log.list({
      userId: admin ? undefined : userId,
      state: args.state,
      kind: args.kind,
      repo: args.repoid,
      group: args.repogroupid,
      before: args.cursor,
      limit: args.limit + 1,
    });
    const jobs = page.slice(0, args.limit);
    return {
      jobs: jobs.filter((job) => this.isInScope(caller, job)).map((job) => this.view(caller, job)),
      next: page.length > args.limit ? (jobs.at(-1)?.job_id ?? null) : null,
    };
  }

  /** Waits for the end, as long as the call may take; whoever works on it may be another process. */
  async cancel(caller: Caller, jobId: number): Promise<{ msg: string; job: JobView }> {
    await this.require(caller, jobId);
    if (!(await this.queue.cancel(jobId))) throw conflict(`job \`${jobId}\` has already ended`);
    await this.queue.wait(jobId, caller).catch((error: unknown) => {
      if (!(error instanceof RpcFault)) throw error;
    });
    const job = this.view(caller, await this.require(caller, jobId));
    return { msg: MESSAGES[job.state](jobId), job };
  }

  private async require(caller: Caller, jobId: number): Promise<JobRecord> {
    const job = await this.log.find(jobId);
    const { admin, userId } = caller.principal;
    if (job && (admin || job.created_by === userId) && this.isInScope(caller, job)) return job;
    throw notFound(`job \`${jobId}\` does not exist`);
  }

  /** What a job says quotes the names of all that it was about, which a limited key may not know. */
  private view({ principal }: Caller, job: JobRecord): JobView {
    const view = toJobView(job);
    if (!this.access.isLimitedToObjects(principal)) return view;
    const names = [...JSON.stringify([view.result, view.error]).matchAll(/`([^`]+)`/g)].map(
      ([, name]) => name,
    );
    const isKnown = names.every((name = '') => this.access.isInScope(principal, 'repo', name));
    return isKnown ? view : { ...view, result: null, error: view.error && 'not told to this key' };
  }

  private isInScope({ principal }: Caller, job: JobRecord): boolean {
    if (job.repo_name !== null) return this.access.isInScope(principal, 'repo', job.repo_name);
    if (job.group_name !== null) return this.access.isInScope(principal, 'group', job.group_name);
    return !this.access.isLimitedToObjects(principal);
  }
}

const goesOn = (jobId: number) => `job \`${jobId}\` will be cancelled`;

const MESSAGES: Record<JobView['state'], (jobId: number) => string> = {
  pending: goesOn,
  running: goesOn,
  cancelled: (jobId) => `cancelled job \`${jobId}\``,
  succeeded: (jobId) => `job \`${jobId}\` had succeeded already`,
  failed: (jobId) => `job \`${jobId}\` had failed already`,
};
