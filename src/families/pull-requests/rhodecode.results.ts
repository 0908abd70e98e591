import {
  either,
  flag,
  id,
  integer,
  listOf,
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
import { reviewStatus } from './pull-requests.results.js';

const Person = named('Person', {
  user_id: id,
  username: text,
  firstname: text,
  lastname: text,
  description: text,
  email: orNull(text),
  emails: listOf(text),
});

const Side = named('PullRequestSide', {
  clone_url: text,
  repository: text,
  reference: object({ name: text, type: text, commit_id: text }),
});

const Mergeable = named('Mergeable', {
  /** A text while nobody asked. */
  status: either(flag, oneOf('not_available')),
  message: text,
  checks: optional(listOf(object({ name: text, passed: flag, blocks: flag, message: text }))),
});

/** A pull request in RhodeCode's words. */
export const PullRequestOverview = named('PullRequestOverview', {
  pull_request_id: id,
  url: text,
  title: text,
  description: text,
  status: oneOf('new', 'closed'),
  state: text,
  created_on: localTime,
  updated_on: localTime,
  commit_ids: listOf(text),
  review_status: oneOf('under_review', 'approved', 'rejected'),
  mergeable: Mergeable,
  source: Side,
  target: Side,
  merge: object({ clone_url: nothing, reference: nothing }),
  merge_commit: orNull(text),
  merged_at: orNull(localTime),
  author: orNull(Person),
  reviewers: listOf(object({ user: orNull(Person), reasons: listOf(text), review_status: reviewStatus })),
});

export const PullRequestDiff = named('PullRequestDiff', {
  pull_request_id: id,
  from_commit_id: text,
  to_commit_id: text,
  files: listOf(
    object({
      f_path: text,
      old_f_path: orNull(text),
      op: oneOf('added', 'removed', 'modified', 'renamed', 'copied'),
      added: integer,
      removed: integer,
      binary: flag,
    }),
  ),
  diff: text,
  truncated: flag,
});

const changed = { added: listOf(text), removed: listOf(text) };

export const UpdatedPullRequest = message({
  pull_request: PullRequestOverview,
  updated_commits: object({ ...changed, common: listOf(text), total: optional(listOf(text)) }),
  updated_reviewers: object(changed),
  updated_observers: object(changed),
});

export const DiscussedPullRequest = object({
  pull_request_id: id,
  comment_id: orNull(id),
  status: object({ given: orNull(text), was_changed: flag }),
});

export const MergedPullRequest = object({
  executed: flag,
  possible: flag,
  failure_reason: integer,
  merge_status_message: text,
  merge_commit_id: text,
  merge_ref: object({ type: text, name: text, commit_id: text }),
});

export const ClosedPullRequest = object({ pull_request_id: id, close_status: text, closed: flag });
export const ReopenedPullRequest = object({ pull_request_id: id, status: text });
export const DeletedPullRequest = message({ pull_request_id: id });
