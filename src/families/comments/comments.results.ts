import {
  flag,
  id,
  integer,
  localTime,
  message,
  named,
  nothing,
  object,
  oneOf,
  optional,
  orNull,
  text,
} from '../../rpc/result-shapes.js';

/** In RhodeCode's words. */
export const Comment = named('Comment', {
  comment_id: id,
  comment_type: oneOf('note', 'todo'),
  comment_text: text,
  comment_status: object({ status: optional(text), status_lbl: optional(text) }),
  comment_f_path: orNull(text),
  comment_lineno: orNull(text),
  comment_author: object({ username: text, full_name_or_username: text, active: flag }),
  comment_created_on: localTime,
  comment_reply_to: orNull(id),
  comment_resolves_comment_id: orNull(id),
  comment_resolved_by: orNull(id),
  comment_commit_id: orNull(text),
  comment_pull_request_id: orNull(id),
  comment_last_version: integer,
  pull_request_version: nothing,
});

/** Without the comment when somebody deleted it meanwhile. */
export const EditedComment = object({ comment: optional(Comment), version: integer });
export const DeletedComment = message({ comment_id: id });
