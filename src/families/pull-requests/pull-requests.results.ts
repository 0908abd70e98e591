import {
  id,
  listOf,
  localTime,
  message,
  named,
  object,
  oneOf,
  orNull,
  text,
  texts,
  yes,
} from '../../rpc/result-shapes.js';

export const reviewStatus = oneOf('not_reviewed', 'under_review', 'approved', 'rejected');
const reviewResult = oneOf('under_review', 'approved', 'rejected');
const status = oneOf('new', 'closed');

export const CommentSummary = named('CommentSummary', {
  comment_id: id,
  username: text,
  text,
  created_on: localTime,
});

const refParts = texts('type', 'name', 'revision');

/** In Kallithea's words. */
export const PullRequest = named('PullRequest', {
  pull_request_id: id,
  url: text,
  reviewers: listOf(object({ username: text })),
  revisions: listOf(text),
  owner: text,
  title: text,
  description: text,
  org_repo_url: text,
  org_ref_parts: refParts,
  other_ref_parts: refParts,
  status,
  review_status: reviewResult,
  comments: listOf(CommentSummary),
  statuses: listOf(object({ status: text, modified_at: localTime, reviewer: text })),
  created_on: localTime,
  updated_on: localTime,
  merge_commit: orNull(text),
  merged_at: orNull(localTime),
});

export const CreatedPullRequest = message({ pull_request_id: id, url: text, revisions: listOf(text) });
export const CommentedPullRequest = yes;
export const EditedReviewers = object({
  added: listOf(text),
  already_present: listOf(text),
  removed: listOf(text),
});
