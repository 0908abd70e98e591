import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Caller, RpcCall } from '../../rpc/call.js';
import { selectComments, type CommentRecord } from '../comments/comment-record.js';
import { toCommentView, type CommentView } from '../comments/comment.view.js';
import { asFailure } from '../repos/as-failure.js';
import type { RepoRecord } from '../repos/repo-record.js';
import { UsersDirectory } from '../users/users.directory.js';
import { Comparisons } from './comparisons.js';
import { MergeChecks } from './merge-checks.js';
import { Overviews } from './overviews.js';
import { PullRequestAccess } from './pull-request-access.js';
import type { Overview } from './rhodecode.view.js';
import type {
  GetPullRequestCommentsArgs,
  GetPullRequestDiffArgs,
  GetPullRequestOverviewArgs,
  GetPullRequestsArgs,
} from './rhodecode.dto.js';

/** Inline comments first, then those on the whole. */
const OF_PULL_REQUEST = selectComments(`
  WHERE c.pull_request_id = $1 AND ($2::int IS NULL OR (c.f_path IS NULL, c.comment_id) >
    (SELECT last.f_path IS NULL, last.comment_id FROM comment last WHERE last.comment_id = $2))
  ORDER BY c.f_path IS NULL, c.comment_id LIMIT $3`);

/** The methods that show pull requests in RhodeCode's words. */
@Injectable()
export class OverviewReader {
  constructor(
    private readonly db: Database,
    private readonly access: PullRequestAccess,
    private readonly users: UsersDirectory,
    private readonly overviews: Overviews,
    private readonly checks: MergeChecks,
    private readonly comparisons: Comparisons,
  ) {}

  async get(caller: Caller, args: GetPullRequestOverviewArgs) {
    const found = await this.access.requireTarget(caller.principal, args);
    if (!args.merge_state) return this.overviews.one(found);
    const mergeable = await this.checks.mergeable(caller, caller.principal, found);
    return { ...(await this.overviews.one(found)), mergeable };
  }

  /** Somebody unknown has none: accounts are not for guessing. */
  async list(call: RpcCall, args: GetPullRequestsArgs): Promise<Overview[]> {
    const [author, reviewer] = await Promise.all([this.idOf(args.author), this.idOf(args.reviewer)]);
    if (author === undefined || reviewer === undefined) return [];
    return this.overviews.ofTarget(call.objects.get('repoid') as RepoRecord, args, { author, reviewer });
  }

  async comments(caller: Caller, args: GetPullRequestCommentsArgs): Promise<CommentView[]> {
    const found = await this.access.requireTarget(caller.principal, args);
    const { cursor = null, limit = null } = args;
    const rows = await this.db.query<CommentRecord>(OF_PULL_REQUEST, [found.pull_request_id, cursor, limit]);
    return rows.map(toCommentView);
  }

  /** What the source brings: from where it left the target to its newest revision. */
  async diff(caller: Caller, args: GetPullRequestDiffArgs) {
    const found = await this.access.requireTarget(caller.principal, args);
    const { repo, path, rawId } = await this.comparisons.source(found);
    const { files, text, truncated } = await this.comparisons
      .backend(repo)
      .diff(path, found.other_ref_rev, rawId, { context: args.context, signal: caller.signal })
      .catch((error: unknown) => {
        throw asFailure(error, `the difference of pull request \`${args.pullrequestid}\` cannot be read`);
      });
    return {
      pull_request_id: found.pull_request_id,
      from_commit_id: found.other_ref_rev,
      to_commit_id: rawId,
      files: files.map(({ path: f_path, oldPath: old_f_path, ...more }) => ({ f_path, old_f_path, ...more })),
      diff: text,
      truncated,
    };
  }

  /** Null: not asked for; undefined: there is nobody of that name. */
  private async idOf(given: number | string | undefined): Promise<number | null | undefined> {
    return given === undefined ? null : (await this.users.find(given))?.user_id;
  }
}
