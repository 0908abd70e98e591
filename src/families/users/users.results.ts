import {
  flag,
  id,
  listOf,
  mapOf,
  message,
  named,
  nothing,
  object,
  oneOf,
  optional,
  orNull,
  text,
  texts,
} from '../../rpc/result-shapes.js';
import { OBJECT_TYPES } from './permission-origins.js';

/** API keys appear nowhere (CVE-2015-0260). */
export const User = named('User', {
  user_id: id,
  username: text,
  firstname: text,
  lastname: text,
  email: orNull(text),
  emails: listOf(text),
  active: flag,
  admin: flag,
});

export const UserDetails = named('UserDetails', {
  ...User.properties,
  permissions: object({
    global: listOf(text),
    repositories: mapOf(text),
    repositories_groups: mapOf(text),
    user_groups: mapOf(text),
  }),
});

export const UserPermissionsPage = object({
  user_id: id,
  username: text,
  permissions: listOf(
    named('OriginOfRight', {
      object: object({ type: oneOf(...OBJECT_TYPES), id: orNull(id), name: orNull(text) }),
      permission: text,
      origins: listOf(object({ origin: text, user_group: optional(text), permission: text })),
    }),
  ),
  next: orNull(text),
});

export const UserNetwork = named('UserNetwork', {
  ip_addr: text,
  ip_range: texts('first address', 'last address'),
});

export const CreatedUser = message({ user: User, api_key: text });
export const ChangedUser = message({ user: User });
export const DeletedUser = message({ user: nothing });
export const ChangedNetworks = message({ user_ips: listOf(UserNetwork) });

/** A row of rights as it is stored: of a user or of a user group. */
export const Member = named('Member', { name: text, type: oneOf('user', 'user_group'), permission: text });
