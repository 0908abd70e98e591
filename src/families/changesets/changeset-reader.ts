import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { notFound, refused } from '../../rpc/errors.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import {
  VcsError,
  VersionControl,
  type Changeset,
  type HistoryQuery,
  type TouchedFiles,
} from '../../vcs/vcs.js';
import type { ResultOf } from '../../rpc/result-shapes.js';
import { asFailure } from '../repos/as-failure.js';
import type { RepoRecord } from '../repos/repo-record.js';
import { commentsOn, statusOf } from './changeset-remarks.js';
import {
  toChangesetView,
  toCommentView,
  toInlineComments,
  toListedChangeset,
  toStatusView,
} from './changeset.view.js';
import type { GetChangesetArgs, GetChangesetsArgs } from './changesets.dto.js';
import type { ChangesetDetails } from './changesets.results.js';
import { historyDate } from './history-date.js';

type Given = number | string | undefined;
const asText = (given: Given) => (given === undefined ? undefined : String(given));

@Injectable()
export class ChangesetReader {
  constructor(
    private readonly db: Database,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {}

  async list(caller: Caller, repo: RepoRecord, args: GetChangesetsArgs) {
    const query = historyQuery(args);
    const backend = this.vcs.backend(repo.repo_type);
    try {
      const directory = this.root.directory(repo.repo_name);
      const changesets = await backend.history(directory, query, caller);
      if (!args.with_file_list) return changesets.map((changeset) => toListedChangeset(changeset));
      const ids = changesets.map(({ rawId }) => rawId);
      const touched = await backend.touchedFiles(directory, ids, caller);
      return changesets.map((changeset, index) => toListedChangeset(changeset, touched[index]));
    } catch (error) {
      throw historyFailure(error, repo);
    }
  }

  async get(caller: Caller, repo: RepoRecord, args: GetChangesetArgs) {
    const { changeset, touched } = await this.find(caller, repo, args.raw_id);
    const subject = { repoId: repo.repo_id, rawId: changeset.rawId };
    const view: ResultOf<typeof ChangesetDetails> = toChangesetView(changeset, touched);
    if (args.with_reviews) {
      const status = await statusOf(this.db, subject);
      view.reviews = status === null ? [] : [toStatusView(status)];
    }
    if (args.with_comments || args.with_inline_comments) {
      const comments = await commentsOn(this.db, subject);
      if (args.with_comments) {
        view.comments = comments.filter((comment) => comment.f_path === null).map(toCommentView);
      }
      if (args.with_inline_comments) view.inline_comments = toInlineComments(comments);
    }
    return view;
  }

  /** @throws RpcFault NOT_FOUND, also for an empty repository */
  async find(
    caller: Caller,
    repo: RepoRecord,
    given: number | string,
  ): Promise<{ changeset: Changeset; touched: TouchedFiles }> {
    const backend = this.vcs.backend(repo.repo_type);
    const missing = `Changeset ${given} does not exist`;
    try {
      const directory = this.root.directory(repo.repo_name);
      const rawId = await backend.resolve(directory, String(given), caller);
      const [[changeset], [touched]] = await Promise.all([
        backend.changesets(directory, [rawId], caller),
        backend.touchedFiles(directory, [rawId], caller),
      ]);
      if (changeset === undefined || touched === undefined) throw notFound(missing);
      return { changeset, touched };
    } catch (error) {
      const isMissing =
        error instanceof VcsError && ['REVISION_NOT_FOUND', 'EMPTY_REPOSITORY'].includes(error.code);
      throw isMissing ? notFound(missing) : asFailure(error, `failed to get changeset: \`${given}\``);
    }
  }
}

function historyQuery(args: GetChangesetsArgs): HistoryQuery {
  const { start_date, end_date } = args;
  return {
    start: asText(args.start),
    end: asText(args.end),
    branch: args.branch_name,
    since: start_date === undefined ? undefined : historyDate('start_date', start_date),
    until: end_date === undefined ? undefined : historyDate('end_date', end_date),
    newest: args.max_revisions === 0 ? undefined : args.max_revisions,
    reverse: args.reverse,
    after: args.cursor,
    limit: args.limit,
  };
}

function historyFailure(error: unknown, repo: RepoRecord): Error {
  if (error instanceof VcsError) {
    if (error.code === 'EMPTY_REPOSITORY') return refused('Repository is empty', error);
    if (error.code === 'REVISION_NOT_FOUND' || error.code === 'REF_NOT_FOUND') return notFound(error.message);
    if (error.code === 'INVALID_RANGE') return refused(error.message, error);
  }
  return asFailure(error, `failed to get changesets of repo: \`${repo.repo_name}\``);
}
