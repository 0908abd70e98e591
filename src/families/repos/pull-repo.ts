import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { RpcFault } from '../../rpc/errors.js';
import { repoPulled } from '../../sdk/index.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VersionControl, type LocalSource, type RemoteSource } from '../../vcs/vcs.js';
import { checkCloneUri } from './clone-uri.js';
import { asFailure } from './repo-creation.js';
import { RepoEvents } from './repo-events.js';
import type { RepoRecord } from './repo-record.js';
import { ReposDirectory } from './repos.directory.js';
import { storedChangeset } from './stored-changeset.js';

@Injectable()
export class PullRepo {
  constructor(
    private readonly db: Database,
    private readonly repos: ReposDirectory,
    private readonly events: RepoEvents,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {}

  async run(
    caller: Caller,
    repo: RepoRecord,
    cloneUri?: string,
  ): Promise<{ msg: string; repository: string }> {
    const failure = `Unable to pull changes from \`${repo.repo_name}\``;
    const source = await this.source(repo, cloneUri, failure);
    const backend = this.vcs.backend(repo.repo_type);
    const directory = this.root.directory(repo.repo_name);
    try {
      await backend.pull(directory, source, caller);
      const last = await backend.lastChangeset(directory, caller);
      await this.db.transaction(async (tx) => {
        await tx.query('SELECT 1 FROM repo WHERE repo_id = $1 FOR UPDATE', [repo.repo_id]);
        const before = await this.repos.loadExisting(tx, repo.repo_id);
        await tx.query(
          `UPDATE repo SET last_changeset = $2, updated_on = coalesce(to_timestamp($3), updated_on) WHERE repo_id = $1`,
          [repo.repo_id, last && storedChangeset(last), last?.date ?? null],
        );
        await this.repos.changed(tx, repo.repo_id);
        const after = await this.repos.loadExisting(tx, repo.repo_id);
        await this.events.record(tx, repoPulled, caller, after, {
          repo: this.events.shape(after),
          previous: { last_changeset: this.events.shape(before).last_changeset },
        });
      });
    } catch (error) {
      throw asFailure(error, failure);
    }
    return { msg: `Pulled from \`${repo.repo_name}\``, repository: repo.repo_name };
  }

  /** What is given, else the stored address, else the repository that this one was forked from. */
  private async source(
    repo: RepoRecord,
    given: string | undefined,
    failure: string,
  ): Promise<RemoteSource | LocalSource> {
    if (given) return { url: checkCloneUri(given, failure) };
    const stored = this.repos.cloneUri(repo);
    if (stored) return { url: stored };
    const parent = repo.fork_id === null ? null : await this.repos.byId(repo.fork_id);
    if (parent) return { path: this.root.directory(parent.repo_name) };
    throw new RpcFault('REFUSED', failure, {
      detail: 'no clone_uri is stored or given, and the repository is no fork',
    });
  }
}
