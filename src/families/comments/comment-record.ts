import type { Row } from '../../database/database.js';

/** A comment of a pull request or of a changeset, with all that its view shows. */
export interface CommentRecord extends Row {
  comment_id: number;
  /** Of a pull request its source. */
  repo_id: number;
  /** Null: on a changeset. */
  pull_request_id: number | null;
  revision: string | null;
  user_id: number;
  username: string;
  firstname: string;
  lastname: string;
  active: boolean;
  text: string;
  f_path: string | null;
  line_no: string | null;
  comment_type: 'note' | 'todo';
  reply_to: number | null;
  resolves_comment_id: number | null;
  version: number;
  created_on: Date;
  /** The vote that came with it. */
  vote: string | null;
  /** The comment that settles this todo. */
  resolved_by: number | null;
}

/** One query whatever their number. @param rest condition and order */
export const selectComments = (rest: string) => `
  SELECT c.comment_id, c.repo_id, c.pull_request_id, c.revision, c.user_id, u.username, u.firstname, u.lastname, u.active,
    c.text, c.f_path, c.line_no, c.comment_type, c.reply_to, c.resolves_comment_id, c.version, c.created_on,
    (SELECT s.status FROM changeset_status s WHERE s.comment_id = c.comment_id ORDER BY s.status_id LIMIT 1) AS vote,
    (SELECT min(r.comment_id) FROM comment r WHERE r.resolves_comment_id = c.comment_id) AS resolved_by
  FROM comment c JOIN "user" u USING (user_id) ${rest}`;
