import { Injectable } from '@nestjs/common';
import { Rights } from '../../access/rights.js';
import { Database, type Tx } from '../../database/database.js';
import { JobHandlers } from '../../jobs/job-handlers.js';
import type { JobHandler, RunningJob } from '../../jobs/job.js';
import type { RpcFault } from '../../rpc/errors.js';
import { repoCreated, repoForked } from '../../sdk/index.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import type { RefValue } from '../../vcs/ref-changes.js';
import { VersionControl, type Changeset, type OperationOptions, type VcsBackend } from '../../vcs/vcs.js';
import { WebhooksService } from '../webhooks/webhooks.service.js';
import { asFailure } from './as-failure.js';
import { FirstRights } from './first-rights.js';
import { recordAllRefs } from './recorded-refs.js';
import { RepoEvents } from './repo-events.js';
import { RepoFailure } from './repo-failure.js';
import type { RepoRecord } from './repo-record.js';
import { ReposDirectory } from './repos.directory.js';
import { storedChangeset } from './stored-changeset.js';

export type CreationArgs = {
  /** The method's own text for whatever goes wrong. */
  failure: string;
  copy_permissions: boolean;
  /** What the method answers. */
  result: { msg: string; success: true };
};

/** Makes the directory of a repository whose row is there: empty, cloned or forked. Without success the row goes too. */
@Injectable()
export class CreationJob implements JobHandler<CreationArgs> {
  constructor(
    handlers: JobHandlers,
    private readonly db: Database,
    private readonly repos: ReposDirectory,
    private readonly rights: Rights,
    private readonly firstRights: FirstRights,
    private readonly events: RepoEvents,
    private readonly failure: RepoFailure,
    private readonly webhooks: WebhooksService,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {
    for (const kind of ['create_repo', 'fork_repo']) handlers.register(kind, this);
  }

  async run(job: RunningJob<CreationArgs>): Promise<void> {
    const { args, caller, repoId } = job;
    const repo = await this.repos.loadExisting(this.db, repoId);
    const defaultLevel = await this.rights.defaultLevel('repo');
    try {
      await this.fill(job, repo);
      const directory = this.root.directory(repo.repo_name);
      const state = await firstState(this.vcs.backend(repo.repo_type), directory, caller);
      await this.db.transaction(async (tx) => {
        const made = await this.repos.loadExisting(tx, repoId);
        await this.firstRights.grant(tx, made, args.copy_permissions, defaultLevel);
        await markCreated(tx, repoId, state);
        await this.repos.changed(tx, repoId);
        await this.tell(tx, job, await this.repos.loadExisting(tx, repoId));
        await job.succeed(tx, args.result);
      });
    } catch (error) {
      throw asFailure(error, args.failure);
    }
  }

  async clean({ repoId }: RunningJob): Promise<void> {
    const repo = await this.repos.loadExisting(this.db, repoId);
    await this.root.clearUnfinished(repo.repo_name);
    await this.vcs.backend(repo.repo_type).release(this.root.directory(repo.repo_name));
    await this.root.moveToTrash(repo.repo_name, new Date());
  }

  async failed(tx: Tx, job: RunningJob, fault: RpcFault, isClean: boolean): Promise<void> {
    const { repoId } = job;
    const repo = await this.repos.loadExisting(tx, repoId);
    await this.failure.record(tx, job, repo, fault);
    await this.repos.changed(tx, repoId);
    if (!isClean) {
      await tx.query(`UPDATE repo SET repo_state = 'repo_state_error' WHERE repo_id = $1`, [repoId]);
      return;
    }
    await this.webhooks.retireRepo(tx, repoId);
    await tx.query('DELETE FROM repo WHERE repo_id = $1', [repoId]);
  }

  /** The directory moves to its place as a whole: an earlier attempt has filled it, or has left what can go. */
  private async fill(job: RunningJob, repo: RepoRecord): Promise<void> {
    if (this.root.isFilled(repo.repo_name)) return;
    if (this.root.isTaken(repo.repo_name)) await this.root.clearUnfinished(repo.repo_name);
    const backend = this.vcs.backend(repo.repo_type);
    const directory = this.root.directory(repo.repo_name);
    const cloneUri = this.repos.cloneUri(repo);
    const options = { signal: job.caller.signal, onProgress: job.progress };
    if (job.sourceRepoId !== null) {
      const source = await this.repos.loadExisting(this.db, job.sourceRepoId);
      await backend.clone(directory, { path: this.root.directory(source.repo_name) }, options);
    } else if (cloneUri !== null) await backend.clone(directory, { url: cloneUri }, options);
    else await backend.create(directory, options);
  }

  private async tell(tx: Tx, { caller, sourceRepoId }: RunningJob, repo: RepoRecord): Promise<void> {
    const shape = this.events.shape(repo);
    const isFork = sourceRepoId !== null;
    await this.events.record(tx, repoCreated, caller, repo, { repo: shape, source: isFork ? 'fork' : 'api' });
    if (!isFork) return;
    const source = await this.repos.loadExisting(tx, sourceRepoId);
    // Who watches an open repository must not learn of private forks through it
    if (!repo.private || source.private)
      await this.events.record(tx, repoForked, caller, source, { repo: shape });
  }
}

/** What a new repository holds, of which nothing has to be told. `last` is null when it is empty. */
export interface FirstState {
  readonly last: Changeset | null;
  readonly refs: readonly RefValue[];
}

export async function firstState(
  backend: VcsBackend,
  directory: string,
  options: OperationOptions,
): Promise<FirstState> {
  const last = await backend.lastChangeset(directory, options);
  return { last, refs: last === null ? [] : await backend.refValues(directory, options) };
}

export async function markCreated(tx: Tx, repoId: number, { last, refs }: FirstState): Promise<void> {
  await tx.query(
    `UPDATE repo SET repo_state = 'repo_state_created', last_changeset = $2,
       updated_on = coalesce(to_timestamp($3), now()) WHERE repo_id = $1`,
    [repoId, last && storedChangeset(last), last?.date ?? null],
  );
  await recordAllRefs(tx, repoId, refs);
}
