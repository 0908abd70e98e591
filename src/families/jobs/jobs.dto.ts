import { JOB_STATES, type JobState } from '../../jobs/job.js';
import { Id, Int, OneOf, Text } from '../../rpc/argument-types.js';

export class JobArgs {
  @Int({ min: 1, description: 'id as `get_jobs` shows it' })
  job_id!: number;
}

export class GetJobsArgs {
  @OneOf(JOB_STATES, { optional: true, description: 'only those in this state' })
  state?: JobState;

  @Text({ optional: true, max: 100, description: 'only those of this kind, e.g. `fork_repo`' })
  kind?: string;

  @Id({ optional: true, description: 'only those of this repository, by id or by the name that it had then' })
  repoid?: number | string;

  @Id({
    optional: true,
    description: 'only those of this repository group, by id or by the name that it had then',
  })
  repogroupid?: number | string;

  @Int({ optional: true, min: 1, max: 1000, description: 'how many at most' })
  limit = 100;

  @Int({ optional: true, min: 1, description: '`next` of the page before' })
  cursor?: number;
}
