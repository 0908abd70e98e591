import type { UserView } from '../../families/users/user.view.js';
import type { RpcCall } from '../../rpc/call.js';
import { localDateTime } from '../../rpc/wire-date.js';
import type { Account } from '../printed-facts.js';
import { only, type Printing } from '../printed-method.js';

/** Members of the user object in lists and of a single one. */
export const WHOLE_USER = [
  'user_id',
  'api_key',
  'username',
  'firstname',
  'lastname',
  'email',
  'emails',
  'ip_addresses',
  'active',
  'admin',
  'ldap_dn',
  'last_login',
] as const;

type UserKey = (typeof WHOLE_USER)[number];

/** The same in groups, in repositories and where a user was changed. */
export const MEMBER_USER = WHOLE_USER.filter((key) => key !== 'ip_addresses');
export const NEW_USER = MEMBER_USER.filter((key) => key !== 'api_key');

/**
 * A user as the documents of Kallithea print him. Whose key is not the caller's own stays unknown (CVE-2015-0260);
 * addresses and the last sign-in show to oneself and super admins only.
 */
export function printedUser(user: UserView, account: Account, call: RpcCall, keys: readonly UserKey[]) {
  const isSelf = user.user_id === call.principal.userId;
  const isOpen = isSelf || call.principal.admin;
  const whole = {
    ...user,
    api_key: isSelf ? call.presentedKey : null,
    emails: user.emails.filter((address) => address !== user.email),
    ip_addresses: isOpen ? account.networks : null,
    ldap_dn: account.ldapDn,
    last_login: isOpen && account.lastLogin ? localDateTime(account.lastLogin) : null,
  };
  return only(whole, keys);
}

export async function printedUsers(
  users: readonly UserView[],
  { call, facts }: Printing,
  keys: readonly UserKey[],
) {
  const accountOf = await facts.accounts(users.map(({ user_id }) => user_id));
  return users.map((user) => printedUser(user, accountOf(user.user_id), call, keys));
}
