import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { Database, type Tx } from '../../database/database.js';
import type { Caller, Principal, RpcCall } from '../../rpc/call.js';
import { conflict, denied, notFound, refused, RpcFault } from '../../rpc/errors.js';
import { PullRequestAccess } from '../pull-requests/pull-request-access.js';
import type { PullRequestChange } from '../pull-requests/pull-request-events.js';
import type { PullRequestRecord } from '../pull-requests/pull-request-record.js';
import { PullRequestWriter } from '../pull-requests/pull-request-writer.js';
import type { RepoRecord } from '../repos/repo-record.js';
import { UsersDirectory } from '../users/users.directory.js';
import { selectComments, type CommentRecord } from './comment-record.js';
import { toCommentView, type CommentView } from './comment.view.js';
import type { CommentArgs, EditCommentArgs, GetRepoCommentsArgs } from './comments.dto.js';

const MAX_ID = 2_147_483_647;
const missing = (id: number) => notFound(`comment \`${id}\` does not exist`);

const OF_REPOSITORY = selectComments(`
  WHERE c.comment_id IN (
      SELECT own.comment_id FROM comment own WHERE own.repo_id = $1 AND own.revision IS NOT NULL
      UNION ALL
      SELECT of_it.comment_id FROM comment of_it JOIN pull_request p USING (pull_request_id)
        WHERE p.other_repo_id = $1)
    AND ($2::text IS NULL OR c.revision = $2) AND ($3::text IS NULL OR c.comment_type = $3)
    AND ($4::int IS NULL OR c.user_id = $4) AND ($5::int IS NULL OR c.comment_id > $5)
  ORDER BY c.comment_id LIMIT $6`);

/** Shows and changes comments whatever they are about: a pull request or a changeset. */
@Injectable()
export class CommentsService {
  constructor(
    private readonly db: Database,
    private readonly access: Access,
    private readonly pullRequests: PullRequestAccess,
    private readonly writer: PullRequestWriter,
    private readonly users: UsersDirectory,
  ) {}

  async edit(caller: Caller, args: EditCommentArgs) {
    const { comment_id: id, message, version, userid } = args;
    const { comment, isAdmin } = await this.find(caller.principal, id);
    if (userid !== undefined && !isAdmin && !isSelf(caller.principal, userid))
      throw refused('userid is not the same as your user');
    this.requireMine(caller.principal, comment, isAdmin, "you don't have access to edit this comment");
    const mismatch = () => conflict(`comment (${id}) version (${version}) mismatch`);
    if (version !== comment.version) throw mismatch();
    if (message === '') throw refused(`comment (${id}) can't be changed with empty string`);
    await this.change(caller, comment, async (tx) => {
      const [edited] = await tx.query(
        `UPDATE comment SET text = $2, version = version + 1, modified_at = now()
         WHERE comment_id = $1 AND version = $3 RETURNING comment_id`,
        [id, message, version],
      );
      if (!edited) throw mismatch();
      return { editedComment: { commentId: id, previousText: comment.text } };
    });
    const [after] = await this.load(id);
    return { comment: after && toCommentView(after), version: version + 1 };
  }

  async delete(caller: Caller, { comment_id: id }: CommentArgs) {
    const { comment, isAdmin } = await this.find(caller.principal, id);
    this.requireMine(caller.principal, comment, isAdmin, "you don't have access to delete this comment");
    await this.change(caller, comment, async (tx, pullRequest) => {
      if (pullRequest?.status === 'closed')
        throw refused(`comment (${id}) can't be deleted, pull request is closed`);
      const [deleted] = await tx.query('DELETE FROM comment WHERE comment_id = $1 RETURNING comment_id', [
        id,
      ]);
      if (!deleted) throw missing(id);
      return { deletedComment: comment };
    });
    return { msg: `Deleted comment \`${id}\``, comment_id: id };
  }

  async get(caller: Caller, { comment_id }: CommentArgs): Promise<CommentView> {
    const { comment } = await this.find(caller.principal, comment_id);
    return toCommentView(comment);
  }

  /** Oldest first. Somebody unknown wrote none: accounts are not for guessing. */
  async list(call: RpcCall, args: GetRepoCommentsArgs): Promise<CommentView[]> {
    const author = args.userid === undefined ? null : await this.users.find(args.userid);
    if (args.userid !== undefined && !author) return [];
    const rows = await this.db.query<CommentRecord>(OF_REPOSITORY, [
      (call.objects.get('repoid') as RepoRecord).repo_id,
      args.commit_id ?? null,
      args.comment_type ?? null,
      author?.user_id ?? null,
      args.cursor ?? null,
      args.limit ?? null,
    ]);
    return rows.map(toCommentView);
  }

  /** What the caller may not see does not exist. `isAdmin`: of the repository, of a pull request of its target. */
  private async find(
    principal: Principal,
    id: number,
  ): Promise<{ comment: CommentRecord; isAdmin: boolean }> {
    const [comment] = await this.load(id);
    if (!comment) throw missing(id);
    try {
      if (comment.pull_request_id !== null) {
        const { found } = await this.pullRequests.requireSeen(principal, comment.pull_request_id);
        return { comment, isAdmin: await this.pullRequests.administersTarget(principal, found) };
      }
      const repo = await this.access.require(principal, 'repo', comment.repo_id, 'read');
      return { comment, isAdmin: await this.access.has(principal, 'repo', repo.id, 'admin') };
    } catch (error) {
      if (error instanceof RpcFault && error.reason === 'NOT_FOUND') throw missing(id);
      throw error;
    }
  }

  private requireMine(principal: Principal, comment: CommentRecord, isAdmin: boolean, text: string): void {
    if (!isAdmin && comment.user_id !== principal.userId) throw denied('repository.admin', text);
  }

  /** Only comments on pull requests have events that tell of their change. */
  private async change(
    caller: Caller,
    comment: CommentRecord,
    work: (tx: Tx, pullRequest: PullRequestRecord | null) => Promise<PullRequestChange>,
  ): Promise<void> {
    if (comment.pull_request_id === null) await this.db.transaction((tx) => work(tx, null));
    else await this.writer.change(caller, comment.pull_request_id, work);
  }

  private async load(id: number): Promise<CommentRecord[]> {
    if (id < 1 || id > MAX_ID) return [];
    return this.db.query<CommentRecord>(selectComments('WHERE c.comment_id = $1'), [id]);
  }
}

const isSelf = (principal: Principal, given: number | string) =>
  given === principal.username || Number(given) === principal.userId;
