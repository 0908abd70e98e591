import type { UserView } from '../../families/users/user.view.js';
import { localDateTime } from '../../rpc/wire-date.js';
import { printed, type PrintedMethods, type Printing } from '../printed-method.js';
import { fields } from './refusals.js';

interface Permissions {
  global: string[];
  repositories: Record<string, string>;
  repositories_groups: Record<string, string>;
  user_groups: Record<string, string>;
}
interface Answer {
  msg: string;
  user: UserView;
}

const time = (date: Date | null | undefined) => (date ? localDateTime(date) : null);

/**
 * Users as RhodeCode 4 shows them. Of keys only the caller's own presented one is there (CVE-2015-0260); what concerns
 * signing in shows to oneself and super admins only.
 */
export async function rhodecodeUsers(users: readonly UserView[], { call, facts }: Printing) {
  const profiles = await facts.rhodecode.profiles(users.map(({ user_id }) => user_id));
  return users.map((user) => {
    const { user_id, username, firstname, lastname, email, emails, active, admin } = user;
    const isSelf = user_id === call.principal.userId;
    const profile = isSelf || call.principal.admin ? profiles.get(user_id) : undefined;
    return {
      user_id,
      username,
      firstname,
      lastname,
      description: '',
      email,
      emails,
      active,
      admin,
      extern_type: profile?.extern_type ?? null,
      extern_name: profile?.extern_name ?? null,
      last_login: time(profile?.last_login),
      last_activity: time(profile?.last_activity),
      ip_addresses: profile?.networks ?? null,
      language: null,
      auth_tokens: isSelf && call.presentedKey !== null ? [call.presentedKey] : [],
    };
  });
}

const withUser = async <Result extends Answer>(result: Result, printing: Printing) => {
  const [user] = await rhodecodeUsers([result.user], printing);
  return { ...result, user };
};

export const users: PrintedMethods = {
  get_user: printed<UserView & { permissions: Permissions }>(async (user, printing) => {
    const [shown] = await rhodecodeUsers([user], printing);
    const { permissions } = user;
    const permissions_summary = { ...permissions, repository_branches: {} };
    return { ...shown, permissions: permissions_summary, permissions_summary };
  }),
  get_users: printed<UserView[]>(rhodecodeUsers),
  create_user: printed<Answer>(withUser, {
    refuses: fields({
      argument: (name) => name,
      detail: (detail) => (detail.includes('email') ? 'email' : 'username'),
    }),
  }),
  update_user: printed<Answer>(withUser),
};
