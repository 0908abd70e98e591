import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { doesNotExist } from '../../access/object-directory.js';
import { Database } from '../../database/database.js';
import { JobQueue } from '../../jobs/job-queue.js';
import type { Caller } from '../../rpc/call.js';
import { conflict } from '../../rpc/errors.js';
import type { ResultOf } from '../../rpc/result-shapes.js';
import { CreateRepo, checkLandingRev } from './create-repo.js';
import { RepoCreation } from './repo-creation.js';
import { ReposDirectory } from './repos.directory.js';
import type { ForkRepoArgs } from './repos.dto.js';
import type { StartedRepo } from './repos.results.js';

@Injectable()
export class ForkRepo {
  constructor(
    private readonly db: Database,
    private readonly repos: ReposDirectory,
    private readonly creation: RepoCreation,
    private readonly createRepo: CreateRepo,
    private readonly jobs: JobQueue,
    private readonly access: Access,
  ) {}

  async run(caller: Caller, args: ForkRepoArgs): Promise<ResultOf<typeof StartedRepo>> {
    const source = await this.repos.find(args.repoid);
    // A hidden source must look missing before anything else is said of it
    if (!source || !(await this.access.has(caller.principal, 'repo', source.id, 'read')))
      throw doesNotExist('repo', args.repoid);
    this.access.requireScope(caller.principal, 'repo', source.name);
    const name = args.fork_name;
    const failure = `failed to fork repository \`${source.repo_name}\` as \`${name}\``;
    // Before the name is compared with others, so that nobody learns names in groups that he may not see
    const group = await this.creation.placeFor(caller, name);
    await this.refuseTaken(name);
    const ownerId = await this.createRepo.ownerFor(caller, args.owner);
    checkLandingRev(args.landing_rev, failure);
    const jobId = await this.creation.start(
      caller,
      {
        name,
        group,
        ownerId,
        type: source.repo_type,
        private: args.private,
        description: args.description,
        cloneUri: null,
        landingRev: args.landing_rev,
        enableStatistics: false,
        enableDownloads: false,
        forkOf: source,
        copyPermissions: args.copy_permissions,
      },
      {
        failure,
        copy_permissions: args.copy_permissions,
        result: { msg: `Created fork of \`${source.repo_name}\` as \`${name}\``, success: true },
      },
      false,
    );
    if (args.wait) return this.jobs.wait(jobId, caller);
    return { msg: `Forking \`${source.repo_name}\` as \`${name}\``, success: true, job_id: jobId };
  }

  private async refuseTaken(name: string): Promise<void> {
    const [taken] = await this.db.query<{ is_fork: boolean }>(
      'SELECT fork_id IS NOT NULL AS is_fork FROM repo WHERE lower(repo_name) = lower($1)',
      [name],
    );
    if (taken) throw conflict(`${taken.is_fork ? 'fork' : 'repo'} \`${name}\` already exist`);
  }
}
