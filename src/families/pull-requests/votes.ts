import type { Tx } from '../../database/database.js';
import type { PullRequestRecord, ReviewStatus } from './pull-request-record.js';

/** The comment that says something or carries a vote; text may be empty. @returns comment_id */
export async function insertComment(
  tx: Tx,
  pullRequest: Pick<PullRequestRecord, 'pull_request_id' | 'org_repo_id'>,
  userId: number,
  text: string,
): Promise<number> {
  const [row] = await tx.query<{ comment_id: number }>(
    'INSERT INTO comment (repo_id, pull_request_id, user_id, text) VALUES ($1, $2, $3, $4) RETURNING comment_id',
    [pullRequest.org_repo_id, pullRequest.pull_request_id, userId, text],
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
  pullRequest: Pick<PullRequestRecord, 'pull_request_id' | 'org_repo_id' | 'revisions'>,
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
