import { localSeconds } from '../../rpc/wire-date.js';
import type { CommentRecord } from './comment-record.js';

const STATUS_LABELS: Readonly<Record<string, string>> = {
  not_reviewed: 'Not Reviewed',
  under_review: 'Under Review',
  approved: 'Approved',
  rejected: 'Rejected',
};

/** A comment in RhodeCode's words, with what it lacks: the place of a reply and the version for `edit_comment`. */
export function toCommentView(comment: CommentRecord) {
  const { vote } = comment;
  return {
    comment_id: comment.comment_id,
    comment_type: comment.comment_type,
    comment_text: comment.text,
    comment_status: vote === null ? {} : { status: vote, status_lbl: STATUS_LABELS[vote] ?? vote },
    comment_f_path: comment.f_path,
    comment_lineno: comment.line_no,
    comment_author: {
      username: comment.username,
      full_name_or_username: `${comment.firstname} ${comment.lastname}`.trim() || comment.username,
      active: comment.active,
    },
    comment_created_on: localSeconds(comment.created_on),
    comment_reply_to: comment.reply_to,
    comment_resolves_comment_id: comment.resolves_comment_id,
    comment_resolved_by: comment.resolved_by,
    comment_commit_id: comment.revision,
    comment_pull_request_id: comment.pull_request_id,
    comment_last_version: comment.version,
    pull_request_version: null,
  };
}

export type CommentView = ReturnType<typeof toCommentView>;
