import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { Database, type Tx } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { denied, invalidParams, refused } from '../../rpc/errors.js';
import { changesetCommented, changesetStatusChanged } from '../../sdk/index.js';
import type { Changeset, TouchedFiles } from '../../vcs/vcs.js';
import type { ReviewStatus } from '../pull-requests/pull-request-record.js';
import { ActingUser } from '../repos/acting-user.js';
import { RepoEvents } from '../repos/repo-events.js';
import type { RepoRecord } from '../repos/repo-record.js';
import { ChangesetReader } from './changeset-reader.js';
import {
  commentsOn,
  insertComment,
  insertStatus,
  statusOf,
  type ChangesetStatus,
  type Subject,
} from './changeset-remarks.js';
import { toChangesetSummary, toCommentShape, toStatusShape, toStatusView } from './changeset.view.js';
import type { CommentChangesetArgs, SetChangesetStatusArgs } from './changesets.dto.js';

/** What people say about changesets: everybody who reads the repository comments, whoever writes to it votes. */
@Injectable()
export class ChangesetReviews {
  constructor(
    private readonly db: Database,
    private readonly access: Access,
    private readonly acting: ActingUser,
    private readonly reader: ChangesetReader,
    private readonly events: RepoEvents,
  ) {}

  async comment(caller: Caller, repo: RepoRecord, args: CommentChangesetArgs) {
    const { comment_msg: text, status, comment_type, resolves_comment_id } = args;
    if (text === '' && status === undefined) throw refused('comment_msg is empty, and no status is given');
    const acting = await this.acting.of(
      caller.principal,
      args.userid,
      repo.repo_id,
      `repository \`${repo.repo_name}\``,
    );
    if (status !== undefined && !(await this.access.has(acting, 'repo', repo.id, 'write'))) {
      throw denied(
        'repository.write',
        'No permission to change changeset status. User needs at least write permission to the repository.',
      );
    }
    const { changeset, touched } = await this.reader.find(caller, repo, args.raw_id);
    const place = commentedLine(args, touched);
    const commentId = await this.db.transaction(async (tx) => {
      const subject = { repoId: repo.repo_id, rawId: changeset.rawId };
      if (resolves_comment_id !== undefined) await this.requireTodo(tx, subject, resolves_comment_id);
      const remark = { text, comment_type, resolves_comment_id: resolves_comment_id ?? null, ...place };
      const comment = text === '' ? null : await insertComment(tx, subject, acting.userId, remark);
      if (comment !== null) {
        await this.events.record(tx, changesetCommented, caller, repo, {
          changeset: toChangesetSummary(changeset),
          comment: toCommentShape(comment),
        });
      }
      const id = comment?.comment_id ?? null;
      if (status !== undefined)
        await this.vote(tx, caller, repo, changeset, { userId: acting.userId, status, commentId: id });
      return id;
    });
    return {
      msg: `Commented on changeset \`${changeset.rawId}\` for repository \`${repo.repo_name}\``,
      comment_id: commentId,
      status_change: status ?? null,
      success: true,
    };
  }

  async setStatus(caller: Caller, repo: RepoRecord, { raw_id, status }: SetChangesetStatusArgs) {
    const { changeset } = await this.reader.find(caller, repo, raw_id);
    const vote = await this.db.transaction((tx) =>
      this.vote(tx, caller, repo, changeset, {
        userId: caller.principal.userId,
        status,
        commentId: null,
      }),
    );
    return {
      msg: `Set status of changeset \`${changeset.rawId}\` for repository \`${repo.repo_name}\` to \`${status}\``,
      status: toStatusView(vote),
      success: true,
    };
  }

  /** @throws RpcFault when it is no todo on this changeset, in RhodeCode's words */
  private async requireTodo(tx: Tx, subject: Subject, id: number): Promise<void> {
    const todo = (await commentsOn(tx, subject)).find(({ comment_id }) => comment_id === id);
    if (!todo) throw refused(`Invalid resolves_comment_id \`${id}\` for this commit.`);
    if (todo.comment_type !== 'todo')
      throw refused(`Comment \`${id}\` is wrong type for setting status to resolved.`);
  }

  private async vote(
    tx: Tx,
    caller: Caller,
    repo: RepoRecord,
    changeset: Changeset,
    vote: { userId: number; status: ReviewStatus; commentId: number | null },
  ): Promise<ChangesetStatus> {
    // Votes of one repository come one after the other, so that each knows the one before it.
    await tx.query('SELECT 1 FROM repo WHERE repo_id = $1 FOR NO KEY UPDATE', [repo.repo_id]);
    const subject = { repoId: repo.repo_id, rawId: changeset.rawId };
    const before = await statusOf(tx, subject);
    const after = await insertStatus(tx, subject, vote);
    await this.events.record(tx, changesetStatusChanged, caller, repo, {
      changeset: toChangesetSummary(changeset),
      status: toStatusShape(after),
      previous: { status: before?.status ?? null },
    });
    return after;
  }
}

/** Where a comment is to stand, if it is about a line: in a file that the changeset touches, on a side that it has. */
function commentedLine(
  { comment_msg, f_path, line_no }: CommentChangesetArgs,
  { added, changed, removed }: TouchedFiles,
): { f_path: string | null; line_no: string | null } {
  if (f_path === undefined && line_no === undefined) return { f_path: null, line_no: null };
  if (f_path === undefined || line_no === undefined) {
    throw invalidParams('`f_path` and `line_no` go together: a comment on a line needs both');
  }
  // A bare number is what editors of RhodeCode send.
  const line = /^[1-9]/.test(line_no) ? `n${line_no}` : line_no;
  if (!/^[no][1-9]\d{0,8}$/.test(line)) {
    throw invalidParams('argument `line_no` must be `n` (new side) or `o` (old side) and a line number');
  }
  if (comment_msg === '') throw refused('comment_msg is empty: a line can be commented on, not voted on');
  const hasSide = changed.includes(f_path) || (line.startsWith('n') ? added : removed).includes(f_path);
  if (hasSide) return { f_path, line_no: line };
  const isTouched = added.includes(f_path) || removed.includes(f_path);
  throw refused(
    isTouched ? `\`${f_path}\` has no line \`${line_no}\`` : `the changeset does not touch \`${f_path}\``,
  );
}
