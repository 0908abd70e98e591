import type { RepositoryRef } from './contract.js';
import { defineEvent } from './contract.js';
import type { ChangesetSummary, CommentShape, StatusShape } from './shapes.js';
import {
  changesetSummarySchema,
  commentSchema,
  exampleComment,
  exampleRepo,
  exampleRepository,
  object,
  repositoryRefSchema,
  statusSchema,
} from './shapes.js';

const exampleChangeset: ChangesetSummary = exampleRepo.last_changeset;

export interface ChangesetCommented {
  repository: RepositoryRef;
  changeset: ChangesetSummary;
  comment: CommentShape;
}

export const changesetCommented = defineEvent<'changeset.commented', ChangesetCommented>({
  type: 'changeset.commented',
  version: 1,
  summary: 'Somebody commented on a changeset, as a whole or on a line',
  schema: object({
    repository: repositoryRefSchema,
    changeset: changesetSummarySchema,
    comment: commentSchema,
  }),
  example: { repository: exampleRepository, changeset: exampleChangeset, comment: exampleComment },
});

export interface ChangesetStatusChanged {
  repository: RepositoryRef;
  changeset: ChangesetSummary;
  /** The vote that counts now. */
  status: StatusShape;
  /** The vote that counted before, whoever gave it; null when there was none. */
  previous: { status: string | null };
}

export const changesetStatusChanged = defineEvent<'changeset.status_changed', ChangesetStatusChanged>({
  type: 'changeset.status_changed',
  version: 1,
  summary: 'A review status was set on a changeset',
  schema: object({
    repository: repositoryRefSchema,
    changeset: changesetSummarySchema,
    status: statusSchema,
    previous: object({ status: { anyOf: [{ type: 'string' }, { type: 'null' }] } }),
  }),
  example: {
    repository: exampleRepository,
    changeset: exampleChangeset,
    status: { status: 'approved', modified_at: '2026-03-06T11:20:00Z', reviewer: 'grace' },
    previous: { status: null },
  },
});
