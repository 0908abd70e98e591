import type { UserView } from '../../families/users/user.view.js';
import type { Account } from '../printed-facts.js';
import type { Printing } from '../printed-method.js';

export const printedUser = (user: UserView, account: Account) => ({
  id: user.user_id,
  username: user.username,
  firstname: user.firstname,
  lastname: user.lastname,
  email: user.email,
  active: user.active,
  admin: user.admin,
  ldap: account.ldapDn,
});

export async function printedUsers(users: readonly UserView[], { facts }: Printing) {
  const accountOf = await facts.accounts(users.map(({ user_id }) => user_id));
  return users.map((user) => printedUser(user, accountOf(user.user_id)));
}
