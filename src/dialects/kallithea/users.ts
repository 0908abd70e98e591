import type { UserView } from '../../families/users/user.view.js';
import { printed, type PrintedMethods } from '../printed-method.js';
import { MEMBER_USER, NEW_USER, printedUsers, WHOLE_USER } from './user.js';

interface Answer {
  msg: string;
  user: UserView;
}

interface Permissions {
  global: string[];
  repositories: Record<string, string>;
  repositories_groups: Record<string, string>;
}

export const users: PrintedMethods = {
  get_user: printed<UserView & { permissions: Permissions }>(
    async (user, printing) => {
      const [shown] = await printedUsers([user], printing, WHOLE_USER);
      const { global, repositories, repositories_groups } = user.permissions;
      return { ...shown, permissions: { global, repositories, repositories_groups } };
    },
    { missingIsNull: true },
  ),

  get_users: printed<UserView[]>((all, printing) => printedUsers(all, printing, WHOLE_USER)),

  create_user: printed<Answer>(async ({ msg, user }, printing) => {
    const [shown] = await printedUsers([user], printing, NEW_USER);
    return { msg, user: shown };
  }),

  update_user: printed<Answer>(async ({ msg, user }, printing) => {
    const [shown] = await printedUsers([user], printing, MEMBER_USER);
    return { msg, user: shown };
  }),
};
