import type { JsonSchema } from '../json.js';
import type { RepositoryRef } from './contract.js';
import { defineEvent } from './contract.js';
import { exampleRepository, object, repositoryRefSchema } from './shapes.js';

/** What a right is on; a global one is on the gateway itself, and then `id` and `name` are null. */
export interface PermissionObject {
  type: 'repo' | 'repo_group' | 'user_group' | 'global';
  id: number | null;
  /** Full name, as it was when the event happened. */
  name: string | null;
}

/** Whose right it is; the user `default` stands for everybody. */
export interface PermissionSubject {
  type: 'user' | 'user_group';
  id: number;
  name: string;
}

interface PermissionChange {
  /** Only when the object is a repository. */
  repository?: RepositoryRef;
  object: PermissionObject;
  subject: PermissionSubject;
}

export interface PermissionGranted extends PermissionChange {
  /** What the subject has on the object from now on, e.g. `repository.write`. */
  permission: string;
  /** The subject's own right of that kind before; null when it had none of its own. */
  previous: { permission: string | null };
}

export interface PermissionRevoked extends PermissionChange {
  /** What was taken away; what the subject has through others (`default`, groups, ownership) stays. */
  permission: string;
}

const id: JsonSchema = { type: 'integer', minimum: 1 };
const text: JsonSchema = { type: 'string' };
const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] });

const change = {
  repository: repositoryRefSchema,
  object: object({
    type: { enum: ['repo', 'repo_group', 'user_group', 'global'] },
    id: orNull(id),
    name: orNull(text),
  }),
  subject: object({ type: { enum: ['user', 'user_group'] }, id, name: text }),
  permission: text,
};

const exampleChange: PermissionChange = {
  repository: exampleRepository,
  object: { type: 'repo', id: exampleRepository.repo_id, name: exampleRepository.repo_name },
  subject: { type: 'user', id: 12, name: 'grace' },
};

/** Recorded once for every object whose stored right really changed, also when one call grants on a whole tree. */
export const permissionGranted = defineEvent<'permission.granted', PermissionGranted>({
  type: 'permission.granted',
  version: 1,
  summary: 'A user or user group was given a right, or another level of it',
  schema: object({ ...change, previous: object({ permission: orNull(text) }) }, ['repository']),
  example: {
    ...exampleChange,
    permission: 'repository.write',
    previous: { permission: 'repository.read' },
  },
});

export const permissionRevoked = defineEvent<'permission.revoked', PermissionRevoked>({
  type: 'permission.revoked',
  version: 1,
  summary: 'A right of a user or user group was taken away',
  schema: object(change, ['repository']),
  example: { ...exampleChange, permission: 'repository.write' },
});
