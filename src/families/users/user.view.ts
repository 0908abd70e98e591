/** A row of `user` with its further addresses. */
export interface UserRecord {
  user_id: number;
  username: string;
  firstname: string;
  lastname: string;
  email: string | null;
  extra_emails: string[];
  active: boolean;
  admin: boolean;
}

/** How a user looks on the wire; API keys appear nowhere (CVE-2015-0260). */
export interface UserView {
  user_id: number;
  username: string;
  firstname: string;
  lastname: string;
  email: string | null;
  /** The primary address first. */
  emails: string[];
  active: boolean;
  admin: boolean;
}

export const USER_COLUMNS = `u.user_id, u.username, u.firstname, u.lastname, u.email, u.active, u.admin,
  ARRAY(SELECT e.email FROM user_email e WHERE e.user_id = u.user_id ORDER BY e.email_id) AS extra_emails`;

export function toUserView(user: UserRecord): UserView {
  return {
    user_id: user.user_id,
    username: user.username,
    firstname: user.firstname,
    lastname: user.lastname,
    email: user.email,
    emails: user.email === null ? user.extra_emails : [user.email, ...user.extra_emails],
    active: user.active,
    admin: user.admin,
  };
}
