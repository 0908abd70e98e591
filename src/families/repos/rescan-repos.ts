import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { JobQueue } from '../../jobs/job-queue.js';
import type { Caller } from '../../rpc/call.js';
import type { ResultOf } from '../../rpc/result-shapes.js';
import type { RescanReposArgs } from './repos.dto.js';
import type { Rescanned } from './repos.results.js';
import type { RescanArgs } from './rescan-job.js';

@Injectable()
export class RescanRepos {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobQueue,
  ) {}

  async run(caller: Caller, { remove_obsolete, wait }: RescanReposArgs): Promise<ResultOf<typeof Rescanned>> {
    const args: RescanArgs = { remove_obsolete };
    const jobId = await this.db.transaction((tx) =>
      this.jobs.add(tx, caller, { kind: 'rescan_repos', lane: 'local', args }),
    );
    if (wait) return this.jobs.wait(jobId, caller);
    return { added: [], removed: [], job_id: jobId };
  }
}
