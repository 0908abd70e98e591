import type { JsonSchema } from '../json.js';
import { defineEvent } from './contract.js';
import { object } from './shapes.js';

/** A user as `get_users` answers it. */
export interface UserShape {
  user_id: number;
  username: string;
  firstname: string;
  lastname: string;
  /** The primary address. */
  email: string | null;
  /** The primary address first. */
  emails: string[];
  active: boolean;
  /** Super admin. */
  admin: boolean;
}

/** Whom an event names beside its subject. */
export interface UserRef {
  user_id: number;
  username: string;
}

const id: JsonSchema = { type: 'integer', minimum: 1 };
const text: JsonSchema = { type: 'string' };
const flag: JsonSchema = { type: 'boolean' };

const userSchema = object({
  user_id: id,
  username: text,
  firstname: text,
  lastname: text,
  email: { anyOf: [text, { type: 'null' }] },
  emails: { type: 'array', items: text },
  active: flag,
  admin: flag,
});

const exampleUser: UserShape = {
  user_id: 12,
  username: 'grace',
  firstname: 'Grace',
  lastname: 'Hopper',
  email: 'grace@example.com',
  emails: ['grace@example.com', 'hopper@example.org'],
  active: true,
  admin: false,
};

export interface UserCreated {
  user: UserShape;
}

export const userCreated = defineEvent<'user.created', UserCreated>({
  type: 'user.created',
  version: 1,
  summary: 'An account was created',
  schema: object({ user: userSchema }),
  example: { user: { ...exampleUser, emails: ['grace@example.com'] } },
});

/** What of an account may change; the last four are named in `changed` only, their values are never told. */
const USER_CHANGES = [
  'username',
  'firstname',
  'lastname',
  'email',
  'emails',
  'active',
  'admin',
  'password',
  'extern_type',
  'extern_name',
  'ip_addresses',
] as const;
export type UserChange = (typeof USER_CHANGES)[number];

export interface UserUpdated {
  user: UserShape;
  /** Names of all that changed. */
  changed: UserChange[];
  /** The members of `user` that changed, with the values they had before. */
  previous: Partial<UserShape>;
}

export const userUpdated = defineEvent<'user.updated', UserUpdated>({
  type: 'user.updated',
  version: 1,
  summary: 'An account changed: its name, addresses, flags, password or the networks it is limited to',
  schema: object({
    user: userSchema,
    changed: { type: 'array', items: { enum: USER_CHANGES } },
    previous: { ...userSchema, required: [] },
  }),
  example: {
    user: exampleUser,
    changed: ['emails', 'lastname', 'password'],
    previous: { lastname: 'Murray', emails: ['grace@example.com'] },
  },
});

export interface UserDeleted {
  /** As it was just before. */
  user: UserShape;
}

export const userDeleted = defineEvent<'user.deleted', UserDeleted>({
  type: 'user.deleted',
  version: 1,
  summary: 'An account was deleted, with its keys, memberships and rights',
  schema: object({ user: userSchema }),
  example: { user: { ...exampleUser, active: false } },
});
