import type { RepositoryRef } from './contract.js';
import { defineEvent } from './contract.js';
import type { CommentShape, PullRequestShape, StatusShape } from './shapes.js';
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
    pull_request: {
      ...examplePullRequest,
      comments: [
        {
          comment_id: exampleComment.comment_id,
          username: exampleComment.username,
          text: exampleComment.text,
          created_on: exampleComment.created_on,
        },
      ],
    },
    comment: exampleComment,
  },
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
