import type { JsonSchema } from '../json.js';
import { defineEvent } from './contract.js';
import { object, userRefSchema } from './shapes.js';
import type { UserRef } from './user.events.js';

/** A user group as `get_user_group` answers it, without its members, who may be thousands. */
export interface UserGroupShape {
  users_group_id: number;
  group_name: string;
  group_description: string | null;
  /** The rights of an inactive group reach nobody. */
  active: boolean;
  owner: string;
}

const text: JsonSchema = { type: 'string' };

const userGroupSchema = object({
  users_group_id: { type: 'integer', minimum: 1 },
  group_name: text,
  group_description: { anyOf: [text, { type: 'null' }] },
  active: { type: 'boolean' },
  owner: text,
});

const exampleGroup: UserGroupShape = {
  users_group_id: 4,
  group_name: 'reviewers',
  group_description: 'Who may approve',
  active: true,
  owner: 'ada',
};
const exampleMember: UserRef = { user_id: 12, username: 'grace' };

export interface UserGroupCreated {
  user_group: UserGroupShape;
}

export const userGroupCreated = defineEvent<'user_group.created', UserGroupCreated>({
  type: 'user_group.created',
  version: 1,
  summary: 'A user group was created, as yet without members',
  schema: object({ user_group: userGroupSchema }),
  example: { user_group: exampleGroup },
});

export interface UserGroupUpdated {
  user_group: UserGroupShape;
  /** The members of `user_group` that changed, with the values they had before. */
  previous: Partial<UserGroupShape>;
}

export const userGroupUpdated = defineEvent<'user_group.updated', UserGroupUpdated>({
  type: 'user_group.updated',
  version: 1,
  summary: 'Settings of a user group changed',
  schema: object({ user_group: userGroupSchema, previous: { ...userGroupSchema, required: [] } }),
  example: { user_group: exampleGroup, previous: { active: false } },
});

export interface UserGroupDeleted {
  /** As it was just before. */
  user_group: UserGroupShape;
  /** Who was in it; there is no `user_group.member_removed` for each of them. */
  members: UserRef[];
}

export const userGroupDeleted = defineEvent<'user_group.deleted', UserGroupDeleted>({
  type: 'user_group.deleted',
  version: 1,
  summary: 'A user group was deleted, with its memberships and rights',
  schema: object({ user_group: userGroupSchema, members: { type: 'array', items: userRefSchema } }),
  example: { user_group: exampleGroup, members: [exampleMember] },
});

export interface UserGroupMemberChanged {
  user_group: UserGroupShape;
  user: UserRef;
}

const memberSchema = object({ user_group: userGroupSchema, user: userRefSchema });
const exampleMemberChange: UserGroupMemberChanged = { user_group: exampleGroup, user: exampleMember };

export const userGroupMemberAdded = defineEvent<'user_group.member_added', UserGroupMemberChanged>({
  type: 'user_group.member_added',
  version: 1,
  summary: 'A user became a member of a user group',
  schema: memberSchema,
  example: exampleMemberChange,
});

export const userGroupMemberRemoved = defineEvent<'user_group.member_removed', UserGroupMemberChanged>({
  type: 'user_group.member_removed',
  version: 1,
  summary: 'A user is no longer a member of a user group',
  schema: memberSchema,
  example: exampleMemberChange,
});
