import { JOB_STATES } from '../../jobs/job.js';
import {
  anything,
  flag,
  id,
  integer,
  listOf,
  localTime,
  mapOf,
  message,
  named,
  number,
  object,
  oneOf,
  orNull,
  text,
} from '../../rpc/result-shapes.js';

export const Job = named('Job', {
  job_id: id,
  kind: text,
  state: oneOf(...JOB_STATES),
  repo_id: orNull(id),
  repo_name: orNull(text),
  group_id: orNull(id),
  group_name: orNull(text),
  progress: orNull(object({ done: number, total: number, text })),
  result: orNull(mapOf(anything)),
  error: orNull(text),
  detail: orNull(text),
  cancel_requested: flag,
  created_by: orNull(text),
  attempts: integer,
  created_on: localTime,
  started_on: orNull(localTime),
  finished_on: orNull(localTime),
});

export const JobsPage = object({ jobs: listOf(Job), next: orNull(integer) });
export const CancelledJob = message({ job: Job });
