import type { Tx } from '../../database/database.js';
import type { PullRequestChange } from './pull-request-events.js';
import type { PullRequestRecord, ReviewStatus } from './pull-request-record.js';

/** What somebody says about a pull request, as a whole or on a line of it. */
export interface Remark {
  text: string;
  /** The vote that goes with it, on every revision. */
  status?: ReviewStatus | undefined;
  comment_type?: 'note' | 'todo';
  f_path?: string | null;
  line_no?: string | null;
  reply_to?: number | null;
  resolves_comment_id?: number | null;
}

type Subject = Pick<PullRequestRecord, 'pull_request_id' | 'org_repo_id' | 'revisions'>;

/** A remark that says nothing and carries no vote leaves no trace. */
export async function insertRemark(
  tx: Tx,
  pullRequest: Subject,
  userId: number,
  remark: Remark,
): Promise<{ commentId: number | null; change: PullRequestChange }> {
  if (remark.text === '' && !remark.status) return { commentId: null, change: {} };
  const commentId = await insertComment(tx, pullRequest, userId, remark);
  const change: PullRequestChange = remark.text === '' ? {} : { commentId };
  if (remark.status) {
    change.voted = { previous: await insertVote(tx, pullRequest, userId, remark.status, commentId) };
  }
  return { commentId, change };
}

/** @returns comment_id */
export async function insertComment(
  tx: Tx,
  pullRequest: Pick<Subject, 'pull_request_id' | 'org_repo_id'>,
  userId: number,
  remark: Remark,
): Promise<number> {
  const [row] = await tx.query<{ comment_id: number }>(
    `INSERT INTO comment (repo_id, pull_request_id, user_id, text, comment_type, f_path, line_no, reply_to,
       resolves_comment_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING comment_id`,
    [
      pullRequest.org_repo_id,
      pullRequest.pull_request_id,
      userId,
      remark.text,
      remark.comment_type ?? 'note',
      remark.f_path ?? null,
      remark.line_no ?? null,
      remark.reply_to ?? null,
      remark.resolves_comment_id ?? null,
    ],
  );
  return (row as { comment_id: number }).comment_id;
}

/**
 * One row for each revision in the source repository, at version 0; what was there before moves one version up,
 * whichever pull request it came from.
 * @returns the same user's last vote on this pull request
 */
export async function insertVote(
  tx: Tx,
  pullRequest: Subject,
  userId: number,
  status: ReviewStatus,
  commentId: number,
): Promise<ReviewStatus | null> {
  const { pull_request_id, org_repo_id, revisions } = pullRequest;
  const [before] = await tx.query<{ status: ReviewStatus }>(
    `SELECT status FROM changeset_status WHERE pull_request_id = $1 AND user_id = $2 ORDER BY status_id DESC LIMIT 1`,
    [pull_request_id, userId],
  );
  await tx.query(
    'UPDATE changeset_status SET version = version + 1 WHERE repo_id = $1 AND revision = ANY($2)',
    [org_repo_id, revisions],
  );
  await tx.query(
    `INSERT INTO changeset_status (repo_id, user_id, revision, status, comment_id, pull_request_id)
     SELECT $1, $2, revision, $4, $5, $6 FROM unnest($3::text[]) AS revision`,
    [org_repo_id, userId, revisions, status, commentId, pull_request_id],
  );
  return before?.status ?? null;
}
