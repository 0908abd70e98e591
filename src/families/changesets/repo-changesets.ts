import { Injectable } from '@nestjs/common';
import type { Caller } from '../../rpc/call.js';
import { notFound, refused } from '../../rpc/errors.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VcsError, VersionControl, type Changeset, type HistoryQuery } from '../../vcs/vcs.js';
import { asFailure } from '../repos/as-failure.js';
import type { RepoRecord } from '../repos/repo-record.js';
import type { ChangesetDetails, GetRepoChangesetArgs, GetRepoChangesetsArgs } from './rhodecode.dto.js';
import { namesOf, patchesOf, refsByCommit, toRepoChangeset } from './rhodecode.view.js';

const FAILURE = 'Error occurred during commit fetching';

/** RhodeCode's two methods on history; what they cost does not grow with the number of changesets by a process each. */
@Injectable()
export class RepoChangesets {
  constructor(
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {}

  async one(caller: Caller, repo: RepoRecord, { revision, details }: GetRepoChangesetArgs) {
    const { backend, path } = this.at(repo);
    try {
      const rawId = await backend.resolve(path, String(revision), caller);
      const changesets = await backend.changesets(path, [rawId], caller);
      const [view] = await this.views(caller, repo, changesets, details);
      return view as ReturnType<typeof toRepoChangeset>;
    } catch (error) {
      const isMissing =
        error instanceof VcsError && ['REVISION_NOT_FOUND', 'EMPTY_REPOSITORY'].includes(error.code);
      throw isMissing ? notFound(`Changeset ${revision} does not exist`) : asFailure(error, FAILURE);
    }
  }

  /** Oldest first. */
  async list(caller: Caller, repo: RepoRecord, args: GetRepoChangesetsArgs) {
    const { backend, path } = this.at(repo);
    const { start_rev, limit, details } = args;
    if (limit === 0) return [];
    const query: HistoryQuery = { start: String(start_rev), limit: limit < 0 ? undefined : limit };
    try {
      return await this.views(caller, repo, await backend.history(path, query, caller), details);
    } catch (error) {
      if (error instanceof VcsError && ['REVISION_NOT_FOUND', 'EMPTY_REPOSITORY'].includes(error.code))
        throw refused(`${FAILURE}: ${error.message}`, error);
      throw asFailure(error, FAILURE);
    }
  }

  private async views(
    caller: Caller,
    repo: RepoRecord,
    changesets: readonly Changeset[],
    details: ChangesetDetails,
  ) {
    const { backend, path } = this.at(repo);
    const ids = changesets.map(({ rawId }) => rawId);
    if (details === 'basic') return changesets.map((changeset) => toRepoChangeset(changeset));
    if (details === 'extended') {
      const touched = await backend.touchedFiles(path, ids, caller);
      return changesets.map((changeset, index) => {
        const files = touched[index];
        return toRepoChangeset(changeset, files && namesOf(files));
      });
    }
    const [diffs, refs] = await Promise.all([
      backend.patches(path, ids, { signal: caller.signal }),
      backend.refs(path, caller),
    ]);
    const refsOf = refsByCommit(refs);
    return changesets.map((changeset, index) => {
      const diff = diffs[index];
      return toRepoChangeset(changeset, diff && patchesOf(changeset, diff), refsOf(changeset.rawId));
    });
  }

  private at(repo: RepoRecord) {
    return { backend: this.vcs.backend(repo.repo_type), path: this.root.directory(repo.repo_name) };
  }
}
