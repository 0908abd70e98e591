import type { UserGroupView } from '../../families/user-groups/user-group.view.js';
import type { UserView } from '../../families/users/user.view.js';
import { printed, printedOutcome, type PrintedMethods } from '../printed-method.js';

export const writing: PrintedMethods = {
  pull: printedOutcome<{ repository: string }>(({ repository }) => `Pulled from ${repository}`),

  create_user: printed<{ user: UserView }>(({ user }) => ({ msg: `created new user ${user.username}` })),

  create_user_group: printed<{ user_group: UserGroupView }>(({ user_group: group }) => ({
    id: group.users_group_id,
    msg: `created new users group ${group.group_name}`,
  })),

  add_user_to_user_group: printed<{ success: boolean; msg: string }>(
    async ({ success, msg }, { args, facts }) => ({
      id: await facts.membership(args.usergroupid, args.userid),
      msg: success ? 'created new users group member' : msg,
    }),
  ),

  create_repo: printedOutcome(() => null, { takes: (given) => ({ create_groups: true, ...given }) }),
};
