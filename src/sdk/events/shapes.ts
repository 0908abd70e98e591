import type { JsonSchema } from '../json.js';
import type { RepositoryRef } from './contract.js';

/** UTC, ISO 8601, ending in `Z`; at most milliseconds. */
export type UtcTime = string;

export interface ChangesetSummary {
  short_id: string;
  raw_id: string;
  revision: number;
  message: string;
  date: UtcTime;
  author: string;
}

/**
 * A repository as `get_repos` answers it, `clone_uri` without credentials, and whether a writer's pull locks it.
 * Extra fields follow as `ex_<key>`.
 */
export interface RepoShape {
  repo_id: number;
  repo_name: string;
  repo_type: 'git' | 'hg';
  clone_uri: string | null;
  private: boolean;
  created_on: UtcTime;
  description: string;
  landing_rev: [type: string, name: string];
  owner: string;
  fork_of: string | null;
  enable_statistics: boolean;
  enable_downloads: boolean;
  enable_locking: boolean;
  last_changeset: ChangesetSummary;
  [extraField: `ex_${string}`]: string;
}

export interface StatusShape {
  status: string;
  modified_at: UtcTime;
  reviewer: string;
}

export interface CommentSummary {
  comment_id: number;
  username: string;
  text: string;
  created_on?: UtcTime;
}

/** A comment with its place; `f_path` and `line_no` are null for a comment on the whole. */
export interface CommentShape {
  comment_id: number;
  username: string;
  text: string;
  created_on: UtcTime;
  comment_type: 'note' | 'todo';
  f_path: string | null;
  /** `n12` (new side) or `o12` (old side). */
  line_no: string | null;
  reply_to: number | null;
  /** The todo that this comment settles. */
  resolves_comment_id?: number | null;
  /** How often it was edited. */
  version?: number;
}

/** A pull request as `get_pullrequest` answers it. */
export interface PullRequestShape {
  pull_request_id: number;
  url: string;
  reviewers: { username: string }[];
  revisions: string[];
  owner: string;
  title: string;
  description: string;
  org_repo_url: string;
  /** Type, name and revision of the source, e.g. `["branch", "feature", "<40 hex>"]`. */
  org_ref_parts: [type: string, name: string, revision: string];
  other_ref_parts: [type: string, name: string, revision: string];
  status: 'new' | 'closed';
  /** What the reviewers think of the newest revision. */
  review_status: 'under_review' | 'approved' | 'rejected';
  comments: CommentSummary[];
  statuses: StatusShape[];
  created_on: UtcTime;
  updated_on: UtcTime;
  merge_commit?: string | null;
  merged_at?: UtcTime | null;
}

const text = { type: 'string' };
const flag = { type: 'boolean' };
const id = { type: 'integer', minimum: 1 };
const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] });
export const utcTime: JsonSchema = {
  type: 'string',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$',
};

/** An object whose listed members are all required, apart from those named in `optional`. */
export function object(properties: Record<string, JsonSchema>, optional: readonly string[] = []): JsonSchema {
  return {
    type: 'object',
    properties,
    required: Object.keys(properties).filter((name) => !optional.includes(name)),
  };
}
const strings = (count: number): JsonSchema => ({
  type: 'array',
  items: text,
  minItems: count,
  maxItems: count,
});
const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items });

export const repositoryRefSchema = object({
  repo_id: id,
  repo_name: text,
  repo_type: { enum: ['git', 'hg'] },
  url: text,
  clone_url: text,
});

export const userRefSchema = object({ user_id: id, username: text });

export const changesetSummarySchema = object({
  short_id: text,
  raw_id: { type: 'string', pattern: '^[0-9a-f]{40}$' },
  revision: { type: 'integer' },
  message: text,
  date: utcTime,
  author: text,
});

export const repoSchema: JsonSchema = {
  ...object({
    repo_id: id,
    repo_name: text,
    repo_type: { enum: ['git', 'hg'] },
    clone_uri: orNull(text),
    private: flag,
    created_on: utcTime,
    description: text,
    landing_rev: strings(2),
    owner: text,
    fork_of: orNull(text),
    enable_statistics: flag,
    enable_downloads: flag,
    enable_locking: flag,
    last_changeset: changesetSummarySchema,
  }),
  patternProperties: { '^ex_': text },
};

export const statusSchema = object({ status: text, modified_at: utcTime, reviewer: text });

export const commentSchema = object(
  {
    comment_id: id,
    username: text,
    text,
    created_on: utcTime,
    comment_type: { enum: ['note', 'todo'] },
    f_path: orNull(text),
    line_no: orNull({ type: 'string', pattern: '^[no]\\d+$' }),
    reply_to: orNull(id),
    resolves_comment_id: orNull(id),
    version: { type: 'integer', minimum: 0 },
  },
  ['resolves_comment_id', 'version'],
);

export const pullRequestSchema = object(
  {
    pull_request_id: id,
    url: text,
    reviewers: listOf(object({ username: text })),
    revisions: listOf(text),
    owner: text,
    title: text,
    description: text,
    org_repo_url: text,
    org_ref_parts: strings(3),
    other_ref_parts: strings(3),
    status: { enum: ['new', 'closed'] },
    review_status: { enum: ['under_review', 'approved', 'rejected'] },
    comments: listOf(object({ comment_id: id, username: text, text, created_on: utcTime }, ['created_on'])),
    statuses: listOf(statusSchema),
    created_on: utcTime,
    updated_on: utcTime,
    merge_commit: orNull(text),
    merged_at: orNull(utcTime),
  },
  ['merge_commit', 'merged_at'],
);

/** The repository of all examples. */
export const exampleRepository: RepositoryRef = {
  repo_id: 42,
  repo_name: 'tools/parser',
  repo_type: 'git',
  url: 'https://code.example.com/tools/parser',
  clone_url: 'https://code.example.com/tools/parser',
};

export const exampleRepo: RepoShape = {
  repo_id: 42,
  repo_name: 'tools/parser',
  repo_type: 'git',
  clone_uri: null,
  private: false,
  created_on: '2026-03-02T09:12:44.518Z',
  description: 'A small, fast parser',
  landing_rev: ['branch', 'main'],
  owner: 'ada',
  fork_of: null,
  enable_statistics: true,
  enable_downloads: true,
  enable_locking: false,
  last_changeset: {
    short_id: '7e1c0d5b2f9a',
    raw_id: '7e1c0d5b2f9a4c3d8e6f1a2b3c4d5e6f7a8b9c0d',
    revision: 118,
    message: 'Refuse trailing commas',
    date: '2026-03-05T16:40:02Z',
    author: 'Ada Byron <ada@example.com>',
  },
};

export const examplePullRequest: PullRequestShape = {
  pull_request_id: 7,
  url: 'https://code.example.com/tools/parser/pull-request/7',
  reviewers: [{ username: 'grace' }],
  revisions: ['c0ffee5b2f9a4c3d8e6f1a2b3c4d5e6f7a8b9c0d'],
  owner: 'ada',
  title: 'Read numbers with exponents',
  description: 'Closes the gap with the grammar.',
  org_repo_url: 'https://code.example.com/tools/parser',
  org_ref_parts: ['branch', 'exponents', 'c0ffee5b2f9a4c3d8e6f1a2b3c4d5e6f7a8b9c0d'],
  other_ref_parts: ['branch', 'main', '7e1c0d5b2f9a4c3d8e6f1a2b3c4d5e6f7a8b9c0d'],
  status: 'new',
  review_status: 'under_review',
  comments: [],
  statuses: [{ status: 'under_review', modified_at: '2026-03-06T08:01:10Z', reviewer: 'ada' }],
  created_on: '2026-03-06T08:01:10Z',
  updated_on: '2026-03-06T08:01:10Z',
};

export const exampleComment: CommentShape = {
  comment_id: 31,
  username: 'grace',
  text: 'Does this accept `1e+`?',
  created_on: '2026-03-06T10:15:33Z',
  comment_type: 'note',
  f_path: 'src/number.c',
  line_no: 'n88',
  reply_to: null,
  resolves_comment_id: null,
  version: 0,
};
