import type { Row } from '../../database/database.js';
import { STORED_CLONE_URI_TEMPLATE } from '../settings/clone-uri-template.js';

export type ReviewStatus = 'not_reviewed' | 'under_review' | 'approved' | 'rejected';
export const REVIEW_STATUSES: readonly ReviewStatus[] = [
  'not_reviewed',
  'under_review',
  'approved',
  'rejected',
];

export interface PullRequestRow extends Row {
  pull_request_id: number;
  title: string;
  description: string;
  status: 'new' | 'closed';
  owner_id: number;
  owner: string;
  org_repo_id: number;
  org_repo_name: string;
  org_ref_type: string;
  org_ref_name: string;
  org_ref_rev: string;
  other_repo_id: number;
  other_repo_name: string;
  other_ref_type: string;
  other_ref_name: string;
  other_ref_rev: string;
  revisions: string[];
  merge_commit: string | null;
  merged_at: Date | null;
  /** The setting; null until somebody sets it. */
  clone_uri_tmpl: string | null;
  created_on: Date;
  updated_on: Date;
}

/** What somebody wrote, as events show it. */
export interface Remarked extends Row {
  comment_id: number;
  username: string;
  text: string;
  f_path: string | null;
  line_no: string | null;
  comment_type: 'note' | 'todo';
  reply_to: number | null;
  resolves_comment_id: number | null;
  /** How often it was edited. */
  version: number;
  created_on: Date;
}

export interface CommentRow extends Remarked {
  pull_request_id: number;
  user_id: number;
}

export interface ReviewerRow extends Row {
  pull_request_id: number;
  user_id: number;
  username: string;
  /** The last one in this pull request on its newest revision. */
  vote: ReviewStatus | null;
}

export interface StatusRow extends Row {
  pull_request_id: number;
  status: ReviewStatus;
  reviewer: string;
  modified_at: Date;
}

/** A pull request with all that its view shows. */
export interface PullRequestRecord extends PullRequestRow {
  reviewers: ReviewerRow[];
  comments: CommentRow[];
  statuses: StatusRow[];
}

export const PULL_REQUESTS = `
  SELECT p.pull_request_id, p.title, p.description, p.status, p.owner_id, o.username AS owner,
    p.org_repo_id, org.repo_name AS org_repo_name, p.org_ref_type, p.org_ref_name, p.org_ref_rev,
    p.other_repo_id, other.repo_name AS other_repo_name, p.other_ref_type, p.other_ref_name, p.other_ref_rev,
    p.revisions, p.merge_commit, p.merged_at, ${STORED_CLONE_URI_TEMPLATE} AS clone_uri_tmpl,
    p.created_on, p.updated_on
  FROM pull_request p JOIN "user" o ON o.user_id = p.owner_id
    JOIN repo org ON org.repo_id = p.org_repo_id JOIN repo other ON other.repo_id = p.other_repo_id`;

/** A vote counts while the revision it was given for is the newest one. */
export const REVIEWERS = `
  SELECT v.pull_request_id, v.user_id, u.username, (
    SELECT s.status FROM changeset_status s
    WHERE s.pull_request_id = v.pull_request_id AND s.user_id = v.user_id AND s.revision = p.org_ref_rev
    ORDER BY s.status_id DESC LIMIT 1) AS vote
  FROM pull_request_reviewer v JOIN pull_request p USING (pull_request_id) JOIN "user" u ON u.user_id = v.user_id
  WHERE v.pull_request_id = ANY($1) ORDER BY u.username`;

export const COMMENTS = `
  SELECT c.comment_id, c.pull_request_id, c.user_id, u.username, c.text, c.f_path, c.line_no, c.comment_type,
    c.reply_to, c.resolves_comment_id, c.version, c.created_on
  FROM comment c JOIN "user" u USING (user_id) WHERE c.pull_request_id = ANY($1) ORDER BY c.comment_id`;

export const STATUSES = `
  SELECT s.pull_request_id, s.status, u.username AS reviewer, s.modified_at
  FROM changeset_status s JOIN "user" u USING (user_id) WHERE s.pull_request_id = ANY($1) ORDER BY s.status_id`;

export const CLOSE = `UPDATE pull_request SET status = 'closed', updated_on = now() WHERE pull_request_id = $1`;
