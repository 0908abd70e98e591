import type { RepositoryRef } from './contract.js';
import { defineEvent } from './contract.js';
import type { CommentShape, CommentSummary, PullRequestShape, StatusShape } from './shapes.js';
import {
  commentSchema,
  exampleComment,
  examplePullRequest,
  exampleRepository,
  object,
  pullRequestSchema,
  repositoryRefSchema,
  statusSchema,
} from './shapes.js';

/** `repository` of a pull request's events is always its target. */
export interface PullRequestCreated {
  repository: RepositoryRef;
  pull_request: PullRequestShape;
}

export const pullRequestCreated = defineEvent<'pull_request.created', PullRequestCreated>({
  type: 'pull_request.created',
  version: 1,
  summary: 'A pull request was opened',
  schema: object({ repository: repositoryRefSchema, pull_request: pullRequestSchema }),
  example: { repository: exampleRepository, pull_request: examplePullRequest },
});

/** The members of `pull_request` that changed, with the values they had before. */
export type PullRequestPrevious = Partial<
  Pick<PullRequestShape, 'title' | 'description' | 'revisions' | 'org_ref_parts' | 'other_ref_parts'>
>;

export interface PullRequestUpdated {
  repository: RepositoryRef;
  pull_request: PullRequestShape;
  previous: PullRequestPrevious;
}

export const pullRequestUpdated = defineEvent<'pull_request.updated', PullRequestUpdated>({
  type: 'pull_request.updated',
  version: 1,
  summary: 'Title or description changed, or the revisions followed the source branch',
  schema: object({
    repository: repositoryRefSchema,
    pull_request: pullRequestSchema,
    previous: { ...pullRequestSchema, required: [] },
  }),
  example: {
    repository: exampleRepository,
    pull_request: examplePullRequest,
    previous: {
      revisions: ['1b9f3ad6c2e4f5061728394a5b6c7d8e9f001122'],
      org_ref_parts: ['branch', 'exponents', '1b9f3ad6c2e4f5061728394a5b6c7d8e9f001122'],
    },
  },
});

export interface PullRequestCommented {
  repository: RepositoryRef;
  pull_request: PullRequestShape;
  comment: CommentShape;
}

export const pullRequestCommented = defineEvent<'pull_request.commented', PullRequestCommented>({
  type: 'pull_request.commented',
  version: 1,
  summary: 'Somebody commented on a pull request, as a whole or on a line',
  schema: object({
    repository: repositoryRefSchema,
    pull_request: pullRequestSchema,
    comment: commentSchema,
  }),
  example: {
    repository: exampleRepository,
    pull_request: withComment(exampleComment),
    comment: exampleComment,
  },
});

export interface PullRequestCommentUpdated {
  repository: RepositoryRef;
  pull_request: PullRequestShape;
  comment: CommentShape;
  previous: { text: string };
}

export const pullRequestCommentUpdated = defineEvent<
  'pull_request.comment_updated',
  PullRequestCommentUpdated
>({
  type: 'pull_request.comment_updated',
  version: 1,
  summary: 'The text of a comment on a pull request was changed',
  schema: object({
    repository: repositoryRefSchema,
    pull_request: pullRequestSchema,
    comment: commentSchema,
    previous: object({ text: { type: 'string' } }),
  }),
  example: {
    repository: exampleRepository,
    pull_request: withComment({ ...exampleComment, text: 'Does this accept `1e+` or `1e`?' }),
    comment: { ...exampleComment, text: 'Does this accept `1e+` or `1e`?', version: 1 },
    previous: { text: exampleComment.text },
  },
});

export interface PullRequestCommentDeleted {
  repository: RepositoryRef;
  pull_request: PullRequestShape;
  /** As it was just before. */
  comment: CommentShape;
}

export const pullRequestCommentDeleted = defineEvent<
  'pull_request.comment_deleted',
  PullRequestCommentDeleted
>({
  type: 'pull_request.comment_deleted',
  version: 1,
  summary: 'A comment on a pull request was deleted; a vote that came with it stays',
  schema: object({
    repository: repositoryRefSchema,
    pull_request: pullRequestSchema,
    comment: commentSchema,
  }),
  example: { repository: exampleRepository, pull_request: examplePullRequest, comment: exampleComment },
});

export interface PullRequestStatusChanged {
  repository: RepositoryRef;
  pull_request: PullRequestShape;
  /** The vote that was cast. */
  status: StatusShape;
  /** The same reviewer's vote before; null when it is the first. */
  previous: { status: string | null };
}

export const pullRequestStatusChanged = defineEvent<'pull_request.status_changed', PullRequestStatusChanged>({
  type: 'pull_request.status_changed',
  version: 1,
  summary: 'A review status was set on a pull request',
  schema: object({
    repository: repositoryRefSchema,
    pull_request: pullRequestSchema,
    status: statusSchema,
    previous: object({ status: { anyOf: [{ type: 'string' }, { type: 'null' }] } }),
  }),
  example: {
    repository: exampleRepository,
    pull_request: examplePullRequest,
    status: { status: 'approved', modified_at: '2026-03-06T11:20:00Z', reviewer: 'grace' },
    previous: { status: 'under_review' },
  },
});

export interface PullRequestReviewersChanged {
  repository: RepositoryRef;
  pull_request: PullRequestShape;
  /** Usernames. */
  added: string[];
  removed: string[];
  previous: { reviewers: { username: string }[] };
}

const usernames = { type: 'array', items: { type: 'string' } };

export const pullRequestReviewersChanged = defineEvent<
  'pull_request.reviewers_changed',
  PullRequestReviewersChanged
>({
  type: 'pull_request.reviewers_changed',
  version: 1,
  summary: 'Reviewers were added to a pull request or removed from it',
  schema: object({
    repository: repositoryRefSchema,
    pull_request: pullRequestSchema,
    added: usernames,
    removed: usernames,
    previous: object({ reviewers: { type: 'array', items: object({ username: { type: 'string' } }) } }),
  }),
  example: {
    repository: exampleRepository,
    pull_request: { ...examplePullRequest, reviewers: [{ username: 'edsger' }, { username: 'grace' }] },
    added: ['edsger'],
    removed: [],
    previous: { reviewers: [{ username: 'grace' }] },
  },
});

export interface PullRequestMerged {
  repository: RepositoryRef;
  /** With `merge_commit` and `merged_at`. */
  pull_request: PullRequestShape;
}

const exampleMerged: PullRequestShape = {
  ...examplePullRequest,
  status: 'closed',
  review_status: 'approved',
  updated_on: '2026-03-07T07:45:12Z',
  merge_commit: 'ab12cd5b2f9a4c3d8e6f1a2b3c4d5e6f7a8b9c0d',
  merged_at: '2026-03-07T07:45:12Z',
};

export const pullRequestMerged = defineEvent<'pull_request.merged', PullRequestMerged>({
  type: 'pull_request.merged',
  version: 1,
  summary: 'A pull request was merged into its target; `pull_request.closed` follows',
  schema: object({ repository: repositoryRefSchema, pull_request: pullRequestSchema }),
  example: { repository: exampleRepository, pull_request: exampleMerged },
});

export interface PullRequestClosed {
  repository: RepositoryRef;
  pull_request: PullRequestShape;
}

export const pullRequestClosed = defineEvent<'pull_request.closed', PullRequestClosed>({
  type: 'pull_request.closed',
  version: 1,
  summary: 'A pull request was closed, merged or not',
  schema: object({ repository: repositoryRefSchema, pull_request: pullRequestSchema }),
  example: {
    repository: exampleRepository,
    pull_request: { ...examplePullRequest, status: 'closed', updated_on: '2026-03-07T07:45:12Z' },
  },
});

export interface PullRequestReopened {
  repository: RepositoryRef;
  pull_request: PullRequestShape;
}

export const pullRequestReopened = defineEvent<'pull_request.reopened', PullRequestReopened>({
  type: 'pull_request.reopened',
  version: 1,
  summary: 'A pull request that was closed without a merge is open again',
  schema: object({ repository: repositoryRefSchema, pull_request: pullRequestSchema }),
  example: { repository: exampleRepository, pull_request: examplePullRequest },
});

export interface PullRequestDeleted {
  repository: RepositoryRef;
  /** As it was just before. */
  pull_request: PullRequestShape;
}

export const pullRequestDeleted = defineEvent<'pull_request.deleted', PullRequestDeleted>({
  type: 'pull_request.deleted',
  version: 1,
  summary: 'A pull request was deleted with its comments and votes',
  schema: object({ repository: repositoryRefSchema, pull_request: pullRequestSchema }),
  example: { repository: exampleRepository, pull_request: examplePullRequest },
});

function withComment({ comment_id, username, text, created_on }: CommentShape): PullRequestShape {
  const comment: CommentSummary = { comment_id, username, text, created_on };
  return { ...examplePullRequest, comments: [comment] };
}
