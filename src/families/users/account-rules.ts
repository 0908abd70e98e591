import { DEFAULT_USERNAME } from '../../access/default-user.js';
import { ADVISORY_LOCK } from '../../database/advisory-locks.js';
import type { Tx } from '../../database/database.js';
import { uniqueViolation } from '../../database/pg-errors.js';

const USERNAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.@+-]*$/u;
const EMAIL = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/;

/** Addresses are compared without case; this is how they are stored. */
export const normalEmail = (email: string) => email.trim().toLowerCase();

/** Why a name cannot be given to an account, or null when it can. */
export function usernameFault(name: string): string | null {
  const lower = name.toLowerCase();
  if (lower === DEFAULT_USERNAME || lower === 'new_user') return `the name \`${name}\` is reserved`;
  if (name !== name.normalize('NFC')) return 'the name is not in Unicode normal form C';
  if (USERNAME.test(name)) return null;
  return 'a name has letters, digits and `_ . @ + -`, the first a letter, a digit or `_`';
}

/** @param email as {@link normalEmail} makes it */
export const emailFault = (email: string): string | null =>
  EMAIL.test(email) ? null : 'the email is not a valid address';

/**
 * Whether a name or an address is another account's, additional addresses included. Holds what it looked for until
 * the transaction ends: addresses lie in two tables, so that no index can refuse the second of two calls.
 * @param except the account that may have them already
 */
export async function takenByOthers(
  tx: Tx,
  wanted: { username?: string; email?: string },
  except = 0,
): Promise<'username' | 'email' | null> {
  const email = wanted.email === undefined ? null : normalEmail(wanted.email);
  if (email !== null)
    await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [ADVISORY_LOCK.emailAddress, email]);
  const [taken] = await tx.query<{ username: boolean; email: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM "user" WHERE lower(username) = lower($1) AND user_id <> $3) AS username,
       EXISTS (SELECT 1 FROM "user" WHERE lower(email) = $2 AND user_id <> $3) OR
       EXISTS (SELECT 1 FROM user_email WHERE lower(email) = $2 AND user_id <> $3) AS email`,
    [wanted.username ?? null, email, except],
  );
  if (taken?.username) return 'username';
  return taken?.email ? 'email' : null;
}

/** Two calls at once: the check saw nothing, the index did. */
export function takenByConstraint(error: unknown): 'username' | 'email' | null {
  const constraint = uniqueViolation(error);
  if (constraint === 'user_username_key') return 'username';
  return constraint === 'user_email_key' ? 'email' : null;
}

/** Call after what may have taken the last one away; two such changes at once wait for each other. */
export async function hasAdministrator(tx: Tx): Promise<boolean> {
  await tx.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCK.administrators]);
  const [left] = await tx.query('SELECT 1 FROM "user" WHERE admin AND active LIMIT 1');
  return left !== undefined;
}
