import { authenticated } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import { repoFailed, repoGroupFailed } from '../../sdk/index.js';
import { GetJobsArgs, JobArgs } from './jobs.dto.js';
import { JobsService } from './jobs.service.js';
import { CancelledJob, Job, JobsPage } from './jobs.results.js';

@RpcFamily('jobs')
export class JobsRpc {
  constructor(private readonly jobs: JobsService) {}

  @RpcMethod('get_job', {
    requires: authenticated(),
    result: Job,
    summary: 'Show how far a job of oneself is (super admins: of anyone), or how it ended',
  })
  get(@Args() args: JobArgs, @Caller() call: RpcCall) {
    return this.jobs.get(call, args.job_id);
  }

  @RpcMethod('get_jobs', {
    requires: authenticated(),
    result: JobsPage,
    summary: 'List the jobs of oneself (super admins: all), the newest first',
  })
  list(@Args() args: GetJobsArgs, @Caller() call: RpcCall) {
    return this.jobs.list(call, args);
  }

  @RpcMethod('cancel_job', {
    requires: authenticated(),
    result: CancelledJob,
    emits: [repoFailed, repoGroupFailed],
    summary: 'Stop a job that has not ended; what it made or moved is taken back',
  })
  cancel(@Args() args: JobArgs, @Caller() call: RpcCall) {
    return this.jobs.cancel(call, args.job_id);
  }
}
