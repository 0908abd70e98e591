import { Injectable } from '@nestjs/common';
import type { Caller } from '../../rpc/call.js';
import { refused } from '../../rpc/errors.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VcsError, VersionControl, type RefType, type Side, type VcsBackend } from '../../vcs/vcs.js';
import { asFailure } from '../repos/as-failure.js';
import type { RepoRecord } from '../repos/repo-record.js';
import { ReposDirectory } from '../repos/repos.directory.js';
import type { PullRequestRow } from './pull-request-record.js';

const MAX_REVISIONS = 10_000;

export interface Difference {
  ancestor: string;
  /** What only the source has, oldest first; empty when the target has it all. */
  revisions: string[];
}

/** A repository of a pull request on disk, and its ref as it is now. */
export interface Located extends Side {
  repo: RepoRecord;
}

/** What the repositories themselves say about the two sides of a pull request. */
@Injectable()
export class Comparisons {
  constructor(
    private readonly repos: ReposDirectory,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {}

  backend(repo: RepoRecord): VcsBackend {
    return this.vcs.backend(repo.repo_type);
  }

  directory(repo: RepoRecord): string {
    return this.root.directory(repo.repo_name);
  }

  /** The source as the pull request has it, whatever became of its branch. */
  async source(pullRequest: PullRequestRow): Promise<Located> {
    const repo = await this.repo(pullRequest.org_repo_id);
    return { repo, path: this.directory(repo), rawId: pullRequest.org_ref_rev };
  }

  /** The source's branch as it is now; null when it is gone. */
  async sourceNow(caller: Caller, pullRequest: PullRequestRow): Promise<Located | null> {
    const source = await this.source(pullRequest);
    const rawId = await this.headOf(caller, source.repo, pullRequest.org_ref_type, pullRequest.org_ref_name);
    return rawId === null ? null : { ...source, rawId };
  }

  /** The target's branch as it is now; null when it is gone. */
  async targetNow(caller: Caller, pullRequest: PullRequestRow): Promise<Located | null> {
    const { other_repo_id, other_ref_type, other_ref_name } = pullRequest;
    const repo = await this.repo(other_repo_id);
    const rawId = await this.headOf(caller, repo, other_ref_type, other_ref_name);
    return rawId === null ? null : { repo, path: this.directory(repo), rawId };
  }

  /** @throws RpcFault when the histories are unrelated or the difference is too large */
  async compare(caller: Caller, source: Located, target: Located): Promise<Difference> {
    const { ancestor, revisions } = await this.backend(source.repo)
      .compare(source, target, caller)
      .catch((error: unknown) => {
        throw asFailure(error, 'failed to compare the specified references');
      });
    if (ancestor === null) throw refused('no common ancestor found between specified references');
    if (revisions.length > MAX_REVISIONS) {
      throw refused(
        `a pull request may have ${MAX_REVISIONS} commits at most, this one would have ${revisions.length}`,
      );
    }
    return { ancestor, revisions };
  }

  private async repo(id: number): Promise<RepoRecord> {
    const repo = await this.repos.byId(id);
    if (!repo) throw refused('a repository of this pull request has just been deleted');
    return repo;
  }

  private async headOf(caller: Caller, repo: RepoRecord, type: string, name: string): Promise<string | null> {
    try {
      return await this.backend(repo).resolveRef(this.directory(repo), type as RefType, name, caller);
    } catch (error) {
      if (error instanceof VcsError && error.code === 'REF_NOT_FOUND') return null;
      throw asFailure(error, `\`${repo.repo_name}\` cannot be read`);
    }
  }
}
