import type { JsonSchema } from '../json.js';
import { defineEvent } from './contract.js';
import { object } from './shapes.js';

/** A repository group as `get_repo_groups` answers it. */
export interface RepoGroupShape {
  group_id: number;
  /** Full path, e.g. `tools/build`. */
  group_name: string;
  group_description: string;
  /** Full path of the group it lies in; null at the top. */
  parent_group: string | null;
  /** Full names of the repositories that lie directly in it. */
  repositories: string[];
  owner: string;
}

const text: JsonSchema = { type: 'string' };
const textOrNull: JsonSchema = { anyOf: [text, { type: 'null' }] };

const own = {
  group_name: text,
  group_description: text,
  parent_group: textOrNull,
  owner: text,
};
const repoGroupSchema = object({
  group_id: { type: 'integer', minimum: 1 },
  ...own,
  repositories: { type: 'array', items: text },
});

const example: RepoGroupShape = {
  group_id: 5,
  group_name: 'tools/build',
  group_description: 'Everything that builds',
  parent_group: 'tools',
  repositories: ['tools/build/cache', 'tools/build/runner'],
  owner: 'ada',
};

export interface RepoGroupCreated {
  repo_group: RepoGroupShape;
  /** A call, or a directory found on disk. */
  source: 'api' | 'rescan';
}

/** Subscriptions of the group itself and recursive ones of the groups above it hear of a group's events. */
export const repoGroupCreated = defineEvent<'repo_group.created', RepoGroupCreated>({
  type: 'repo_group.created',
  version: 1,
  summary: 'A repository group was created',
  schema: object({ repo_group: repoGroupSchema, source: { enum: ['api', 'rescan'] } }),
  example: { repo_group: { ...example, repositories: [] }, source: 'api' },
});

export interface RepoGroupUpdated {
  repo_group: RepoGroupShape;
  /** The members that changed, with the values they had before; `repositories` follow from the name. */
  previous: Partial<Omit<RepoGroupShape, 'group_id' | 'repositories'>>;
}

/** When the name changes, every repository and group below has its own `repo.updated` or `repo_group.updated` too. */
export const repoGroupUpdated = defineEvent<'repo_group.updated', RepoGroupUpdated>({
  type: 'repo_group.updated',
  version: 1,
  summary: 'A repository group changed: description, owner, or its name and place',
  schema: object({ repo_group: repoGroupSchema, previous: object(own, Object.keys(own)) }),
  example: { repo_group: example, previous: { group_name: 'build', parent_group: null } },
});

export interface RepoGroupDeleted {
  /** As it was just before. */
  repo_group: RepoGroupShape;
}

export const repoGroupDeleted = defineEvent<'repo_group.deleted', RepoGroupDeleted>({
  type: 'repo_group.deleted',
  version: 1,
  summary: 'A repository group was deleted; the last event of its own subscriptions',
  schema: object({ repo_group: repoGroupSchema }),
  example: { repo_group: example },
});

/** The end of work on a group that did not come to its end; nothing was changed. */
export interface RepoGroupFailed {
  repo_group: RepoGroupShape;
  operation: 'update_repo_group' | 'delete_repo_group';
  job_id: number;
  /** Whether somebody wanted it so. */
  cancelled: boolean;
  /** As the method refused it. */
  error: string;
  /** Why, where `error` does not say it. */
  detail: string | null;
}

export const repoGroupFailed = defineEvent<'repo_group.failed', RepoGroupFailed>({
  type: 'repo_group.failed',
  version: 1,
  summary: 'Moving or deleting a repository group with everything below failed or was cancelled',
  schema: object({
    repo_group: repoGroupSchema,
    operation: { enum: ['update_repo_group', 'delete_repo_group'] },
    job_id: { type: 'integer', minimum: 1 },
    cancelled: { type: 'boolean' },
    error: text,
    detail: textOrNull,
  }),
  example: {
    repo_group: example,
    operation: 'update_repo_group',
    job_id: 319,
    cancelled: false,
    error: 'failed to update repository group `tools/build`',
    detail: 'the directory could not be moved',
  },
});
