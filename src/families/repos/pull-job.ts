import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import { JobHandlers } from '../../jobs/job-handlers.js';
import type { JobHandler, RunningJob } from '../../jobs/job.js';
import type { RpcFault } from '../../rpc/errors.js';
import { repoPulled } from '../../sdk/index.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VersionControl, type LocalSource, type RemoteSource } from '../../vcs/vcs.js';
import { asFailure } from './as-failure.js';
import { Pushes } from './pushes.service.js';
import { RepoEvents } from './repo-events.js';
import { RepoFailure } from './repo-failure.js';
import type { RepoRecord } from './repo-record.js';
import { ReposDirectory } from './repos.directory.js';
import { saveLastChangeset } from './stored-changeset.js';

export type PullArguments = {
  /** The method's own text for whatever goes wrong. */
  failure: string;
};

/** Brings what is new at its source into a repository. A pull that was broken off is made again: nothing is lost by it. */
@Injectable()
export class PullJob implements JobHandler<PullArguments> {
  constructor(
    handlers: JobHandlers,
    private readonly db: Database,
    private readonly repos: ReposDirectory,
    private readonly pushes: Pushes,
    private readonly events: RepoEvents,
    private readonly failure: RepoFailure,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {
    handlers.register('pull', this);
  }

  async run(job: RunningJob<PullArguments>): Promise<void> {
    const { args, caller, repoId } = job;
    const repo = await this.repos.loadExisting(this.db, repoId);
    const backend = this.vcs.backend(repo.repo_type);
    try {
      const directory = this.root.directory(repo.repo_name);
      const options = { signal: caller.signal, onProgress: job.progress };
      const source = await this.source(job, repo);
      const receiving = await this.pushes.begin(caller, repo, 'pull');
      try {
        await backend.pull(directory, source, { ...options, receiving });
      } finally {
        await receiving.finished();
      }
      const last = await backend.lastChangeset(directory, caller);
      await this.db.transaction(async (tx) => {
        await tx.query('SELECT 1 FROM repo WHERE repo_id = $1 FOR UPDATE', [repoId]);
        const before = await this.repos.loadExisting(tx, repoId);
        await saveLastChangeset(tx, repoId, last);
        await this.repos.changed(tx, repoId);
        const after = await this.repos.loadExisting(tx, repoId);
        await this.events.record(tx, repoPulled, caller, after, {
          repo: this.events.shape(after),
          previous: { last_changeset: this.events.shape(before).last_changeset },
        });
        await job.succeed(tx, {
          msg: `Pulled from \`${after.repo_name}\``,
          repository: after.repo_name,
        });
      });
    } catch (error) {
      throw asFailure(error, args.failure);
    }
  }

  /** A pull takes effect as a whole or not at all. */
  async clean(): Promise<void> {}

  async failed(tx: Tx, job: RunningJob, fault: RpcFault): Promise<void> {
    await this.failure.record(tx, job, await this.repos.loadExisting(tx, job.repoId), fault);
  }

  private async source(job: RunningJob, repo: RepoRecord): Promise<RemoteSource | LocalSource> {
    if (job.sourceRepoId !== null) {
      const source = await this.repos.loadExisting(this.db, job.sourceRepoId);
      return { path: this.root.directory(source.repo_name) };
    }
    const { clone_uri: given } = job.secrets;
    const url = typeof given === 'string' ? given : this.repos.cloneUri(repo);
    if (url === null) throw new Error('a pull without a source was queued');
    return { url };
  }
}
