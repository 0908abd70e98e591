import type { JobRecord } from '../../jobs/jobs-log.js';
import { localDateTime } from '../../rpc/wire-date.js';

const orNull = (date: Date | null) => date && localDateTime(date);

export function toJobView(job: JobRecord) {
  const { detail } = job.error?.data ?? {};
  return {
    job_id: job.job_id,
    kind: job.kind,
    state: job.state,
    /** Null when the repository is gone, as after a failed creation. Without a name the job is about no repository. */
    repo_id: job.repo_id,
    repo_name: job.repo_name,
    group_id: job.group_id,
    group_name: job.group_name,
    progress: job.progress,
    /** What the method would have answered. */
    result: job.result,
    /** As the method would have refused it. */
    error: job.error?.message ?? null,
    detail: typeof detail === 'string' ? detail : null,
    cancel_requested: job.cancel_requested,
    created_by: job.created_by_name,
    attempts: job.attempts,
    created_on: localDateTime(job.created_on),
    started_on: orNull(job.started_on),
    finished_on: orNull(job.finished_on),
  };
}

export type JobView = ReturnType<typeof toJobView>;
