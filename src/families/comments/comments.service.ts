import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { Database, type Tx } from '../../database/database.js';
import type { Caller, Principal } from '../../rpc/call.js';
import { conflict, denied, notFound, refused, RpcFault } from '../../rpc/errors.js';
import { PullRequestAccess } from '../pull-requests/pull-request-access.js';
import type { PullRequestChange } from '../pull-requests/pull-request-events.js';
import type { PullRequestRecord } from '../pull-requests/pull-request-record.js';
import { PullRequestWriter } from '../pull-requests/pull-request-writer.js';
import { selectComments, type CommentRecord } from './comment-record.js';
import { toCommentView } from './comment.view.js';
import type { DeleteCommentArgs, EditCommentArgs } from './comments.dto.js';

const MAX_ID = 2_147_483_647;
const missing = (id: number) => notFound(`comment \`${id}\` does not exist`);

/** Changes comments whatever they are about: a pull request or a changeset. */
@Injectable()
export class CommentsService {
  constructor(
    private readonly db: Database,
    private readonly access: Access,
    private readonly pullRequests: PullRequestAccess,
    private readonly writer: PullRequestWriter,
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

  async delete(caller: Caller, { comment_id: id }: DeleteCommentArgs) {
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
