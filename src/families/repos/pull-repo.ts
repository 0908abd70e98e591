import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { Database } from '../../database/database.js';
import { JobQueue } from '../../jobs/job-queue.js';
import type { Caller } from '../../rpc/call.js';
import { RpcFault } from '../../rpc/errors.js';
import type { ResultOf } from '../../rpc/result-shapes.js';
import { checkCloneUri } from './clone-uri.js';
import type { PullArguments } from './pull-job.js';
import type { RepoRecord } from './repo-record.js';
import { requireReady } from './repo-state.js';
import { ReposDirectory } from './repos.directory.js';
import type { PullArgs } from './repos.dto.js';
import type { Pulled } from './repos.results.js';

@Injectable()
export class PullRepo {
  constructor(
    private readonly db: Database,
    private readonly jobs: JobQueue,
    private readonly repos: ReposDirectory,
    private readonly access: Access,
  ) {}

  async run(
    caller: Caller,
    repo: RepoRecord,
    { clone_uri, wait }: PullArgs,
  ): Promise<ResultOf<typeof Pulled>> {
    const { repo_id: id, repo_name: name } = repo;
    const failure = `Unable to pull changes from \`${name}\``;
    const source = this.source(caller, repo, clone_uri, failure);
    const args: PullArguments = { failure };
    const jobId = await this.db.transaction(async (tx) => {
      await requireReady(tx, repo);
      return this.jobs.add(tx, caller, { kind: 'pull', repo: { id, name }, args, ...source });
    });
    if (wait) return this.jobs.wait(jobId, caller);
    return { msg: `Pulling from \`${name}\``, repository: name, job_id: jobId };
  }

  /** What is given, else the stored address, else the repository that this one was forked from. */
  private source({ principal }: Caller, repo: RepoRecord, given: string | undefined, failure: string) {
    if (given) return { lane: 'remote', secrets: { clone_uri: checkCloneUri(given, failure) } } as const;
    if (this.repos.cloneUri(repo) !== null) return { lane: 'remote' } as const;
    if (repo.fork_id !== null) {
      this.access.requireScope(principal, 'repo', repo.fork_of ?? '');
      return { lane: 'local', sourceRepoId: repo.fork_id } as const;
    }
    throw new RpcFault('REFUSED', failure, {
      detail: 'no clone_uri is stored or given, and the repository is no fork',
    });
  }
}
