import { RpcFault } from '../rpc/errors.js';
import type { JsonObject } from '../sdk/index.js';
import type { JobError } from './job.js';

export const JOB_CANCELLED = 'JOB_CANCELLED';

export function toJobError({ reason, message, data }: RpcFault): JobError {
  return { reason, message, data: data as JsonObject };
}

export const fromJobError = ({ reason, message, data }: JobError) => new RpcFault(reason, message, data);

export const jobCancelled = (jobId: number) =>
  new RpcFault('REFUSED', `job \`${jobId}\` was cancelled`, { job_id: jobId, code: JOB_CANCELLED });

/** Whoever keeps killing his process is not tried for ever. */
export const triedTooOften = (jobId: number, attempts: number) =>
  new RpcFault('REFUSED', `job \`${jobId}\` was given up: ${attempts} attempts ended with their process`, {
    job_id: jobId,
  });
