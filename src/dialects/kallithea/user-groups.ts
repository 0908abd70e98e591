import type { UserGroupView } from '../../families/user-groups/user-group.view.js';
import { only, printed, type PrintedMethods } from '../printed-method.js';
import { MEMBER_USER, printedUsers } from './user.js';

interface MemberAnswer {
  success: boolean;
  msg: string;
}

const LISTED = ['users_group_id', 'group_name', 'active'] as const;

export const userGroups: PrintedMethods = {
  get_user_group: printed<UserGroupView>(
    async (group, printing) => ({
      ...only(group, LISTED),
      members: await printedUsers(group.members, printing, MEMBER_USER),
    }),
    { missingIsNull: true },
  ),

  get_user_groups: printed<UserGroupView[]>((groups) => groups.map((group) => only(group, LISTED))),

  create_user_group: printed<{ msg: string; user_group: UserGroupView }>(({ msg, user_group }) => ({
    msg,
    users_group: only(user_group, LISTED),
  })),

  // printed without the quotes that are around names everywhere else
  remove_user_from_user_group: printed<MemberAnswer>(({ success, msg }) => ({
    success,
    msg: msg.replaceAll('`', ''),
  })),
};

/** The wording of 2019 has one word more. */
export const addToAUserGroup = printed<MemberAnswer>(({ success, msg }) => ({
  success,
  msg: msg.replace(' to user group ', ' to a user group '),
}));
