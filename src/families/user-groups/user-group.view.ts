import type { UserGroupShape } from '../../sdk/index.js';
import type { UserView } from '../users/user.view.js';
import type { UserGroupRecord } from './user-groups.directory.js';

/** A right that a user or a user group has on a user group. */
export interface UserGroupRight {
  name: string;
  type: 'user' | 'user_group';
  permission: string;
}

/** How a user group looks on the wire, wherever it appears. */
export type UserGroupView = UserGroupShape & { members: UserView[] };

export function toUserGroupShape(group: UserGroupRecord): UserGroupShape {
  return {
    users_group_id: group.users_group_id,
    group_name: group.group_name,
    group_description: group.group_description,
    active: group.active,
    owner: group.owner,
  };
}

export function toUserGroupView(group: UserGroupRecord, members: UserView[]): UserGroupView {
  return { ...toUserGroupShape(group), members };
}
