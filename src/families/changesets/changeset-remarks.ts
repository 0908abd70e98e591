import type { Row, Sql, Tx } from '../../database/database.js';
import type { ReviewStatus } from '../pull-requests/pull-request-record.js';

/** A comment on a changeset itself, never on a pull request that contains it. */
export interface ChangesetComment extends Row {
  comment_id: number;
  username: string;
  text: string;
  f_path: string | null;
  /** `n12` (new side) or `o12` (old side); null together with `f_path`. */
  line_no: string | null;
  comment_type: 'note' | 'todo';
  resolves_comment_id: number | null;
  created_on: Date;
}

export interface ChangesetStatus extends Row {
  status: ReviewStatus;
  reviewer: string;
  modified_at: Date;
}

/** One changeset of one repository; forks have remarks of their own. */
export interface Subject {
  repoId: number;
  rawId: string;
}

const COMMENTS = `
  SELECT c.comment_id, u.username, c.text, c.f_path, c.line_no, c.comment_type,
    c.resolves_comment_id, c.created_on
  FROM comment c JOIN "user" u USING (user_id) WHERE c.repo_id = $1 AND c.revision = $2 ORDER BY c.comment_id`;

/** The latest vote by anybody, also one that came with a pull request. */
const STATUS = `
  SELECT s.status, u.username AS reviewer, s.modified_at
  FROM changeset_status s JOIN "user" u USING (user_id)
  WHERE s.repo_id = $1 AND s.revision = $2 AND s.version = 0 ORDER BY s.status_id DESC LIMIT 1`;

export function commentsOn(sql: Sql, { repoId, rawId }: Subject): Promise<ChangesetComment[]> {
  return sql.prepared('changeset_comments', COMMENTS, [repoId, rawId]);
}

export async function statusOf(sql: Sql, { repoId, rawId }: Subject): Promise<ChangesetStatus | null> {
  const [status] = await sql.prepared<ChangesetStatus>('changeset_status_of', STATUS, [repoId, rawId]);
  return status ?? null;
}

export async function insertComment(
  tx: Tx,
  { repoId, rawId }: Subject,
  userId: number,
  comment: Pick<ChangesetComment, 'text' | 'f_path' | 'line_no' | 'comment_type' | 'resolves_comment_id'>,
): Promise<ChangesetComment> {
  const [row] = await tx.query<ChangesetComment>(
    `WITH c AS (
       INSERT INTO comment (repo_id, revision, user_id, text, f_path, line_no, comment_type, resolves_comment_id)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       RETURNING *)
     SELECT c.comment_id, u.username, c.text, c.f_path, c.line_no, c.comment_type,
    c.resolves_comment_id, c.created_on
     FROM c JOIN "user" u USING (user_id)`,
    [
      repoId,
      rawId,
      userId,
      comment.text,
      comment.f_path,
      comment.line_no,
      comment.comment_type,
      comment.resolves_comment_id,
    ],
  );
  return row as ChangesetComment;
}

/** The new vote counts from now on; those before it stay as history, one version up. */
export async function insertStatus(
  tx: Tx,
  { repoId, rawId }: Subject,
  vote: { userId: number; status: ReviewStatus; commentId: number | null },
): Promise<ChangesetStatus> {
  await tx.query('UPDATE changeset_status SET version = version + 1 WHERE repo_id = $1 AND revision = $2', [
    repoId,
    rawId,
  ]);
  await tx.query(
    `INSERT INTO changeset_status (repo_id, revision, user_id, status, comment_id) VALUES ($1, $2, $3, $4, $5)`,
    [repoId, rawId, vote.userId, vote.status, vote.commentId],
  );
  return (await statusOf(tx, { repoId, rawId })) as ChangesetStatus;
}
