import {
  flag,
  id,
  listOf,
  message,
  named,
  nothing,
  optional,
  orNull,
  text,
  yes,
} from '../../rpc/result-shapes.js';
import { Member, User } from '../users/users.results.js';

export const UserGroup = named('UserGroup', {
  users_group_id: id,
  group_name: text,
  group_description: orNull(text),
  active: flag,
  owner: text,
  members: listOf(User),
});

export const UserGroupDetails = named('UserGroupDetails', {
  ...UserGroup.properties,
  permissions: optional(listOf(Member)),
});

export const ChangedUserGroup = message({ user_group: UserGroup });
export const DeletedUserGroup = message({ user_group: nothing });
/** `success`: whether anything changed. */
export const ChangedMembership = message({ success: flag });
export const ChangedRight = message({ success: yes });
