import { Injectable } from '@nestjs/common';
import { generateApiKey } from '../../access/api-key.js';
import { DEFAULT_USER_ID, DEFAULT_USERNAME } from '../../access/default-user.js';
import { Rights } from '../../access/rights.js';
import { Database, type Tx } from '../../database/database.js';
import { isForeignKeyViolation, uniqueViolation } from '../../database/pg-errors.js';
import type { Caller } from '../../rpc/call.js';
import { conflict, refused, RpcFault } from '../../rpc/errors.js';
import { hashPassword } from './password.js';
import { toUserView, type UserView } from './user.view.js';
import type { CreateUserArgs, UpdateUserArgs } from './users.dto.js';
import { UsersDirectory } from './users.directory.js';

const USERNAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.@+-]*$/u;
const EMAIL = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/;

@Injectable()
export class UsersService {
  constructor(
    private readonly db: Database,
    private readonly directory: UsersDirectory,
    private readonly rights: Rights,
  ) {}

  async create(args: CreateUserArgs): Promise<{ msg: string; user: UserView; api_key: string }> {
    const username = args.username.trim();
    const email = checkEmail(args.email);
    checkUsername(username);
    const passwordHash = args.password === '' ? null : await hashPassword(args.password);
    const key = generateApiKey();
    return this.db.transaction(async (tx) => {
      await this.refuseTaken(tx, { username, email: args.email });
      const [row] = await tx
        .query<{ user_id: number }>(
          `INSERT INTO "user" (username, email, password_hash, firstname, lastname, active, admin, extern_type, extern_name)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING user_id`,
          [
            username,
            email,
            passwordHash,
            args.firstname,
            args.lastname,
            args.active,
            args.admin,
            args.extern_type,
            args.extern_name,
          ],
        )
        .catch(rethrowTaken(username, args.email));
      await tx.query('INSERT INTO api_key (user_id, key_hash, prefix, description) VALUES ($1, $2, $3, $4)', [
        row?.user_id,
        key.hash,
        key.prefix,
        'first key',
      ]);
      await this.rights.changed(tx);
      const user = await this.directory.require(row?.user_id, tx);
      return { msg: `created new user \`${username}\``, user: toUserView(user), api_key: key.key };
    });
  }

  async update({ userid, password, ...given }: UpdateUserArgs): Promise<{ msg: string; user: UserView }> {
    const before = await this.directory.require(userid);
    if (before.user_id === DEFAULT_USER_ID) throw refused('editing default user is forbidden');
    if (given.username !== undefined) checkUsername(given.username);
    const values: Record<string, unknown> = { ...given };
    if (given.email !== undefined) values.email = checkEmail(given.email);
    if (password !== undefined) values.password_hash = password === '' ? null : await hashPassword(password);
    const changes = Object.entries(values).filter(([, value]) => value !== undefined);
    return this.db.transaction(async (tx) => {
      await this.refuseTaken(tx, given, before.user_id);
      if (changes.length > 0) {
        // Column names come from the argument class, never from the caller
        const sets = changes.map(([column], index) => `${column} = $${index + 2}`).join(', ');
        await tx
          .query(`UPDATE "user" SET ${sets} WHERE user_id = $1`, [
            before.user_id,
            ...changes.map(([, value]) => value),
          ])
          .catch(rethrowTaken(given.username ?? '', given.email ?? ''));
        await this.keepAnAdministrator(tx, `failed to update user \`${userid}\``);
        await this.rights.changed(tx);
      }
      const user = await this.directory.require(before.user_id, tx);
      return { msg: `updated user ID:${user.user_id} ${user.username}`, user: toUserView(user) };
    });
  }

  /** Refuses for whoever still owns something; keys, addresses, memberships, rights and comments go with the user. */
  async delete(caller: Caller, given: number | string): Promise<{ msg: string; user: null }> {
    const user = await this.directory.require(given);
    const label = `ID:${user.user_id} ${user.username}`;
    const failure = (why: string, cause?: unknown) =>
      new RpcFault('REFUSED', `failed to delete user ${label}`, { detail: why }, { cause });
    if (user.user_id === DEFAULT_USER_ID) throw failure('the default user cannot be deleted');
    if (user.user_id === caller.principal.userId) throw failure('you cannot delete yourself');
    return this.db.transaction(async (tx) => {
      await tx.query('DELETE FROM "user" WHERE user_id = $1', [user.user_id]).catch((error: unknown) => {
        if (isForeignKeyViolation(error))
          throw failure('the user still owns repositories, groups or pull requests', error);
        throw error;
      });
      await this.keepAnAdministrator(tx, `failed to delete user ${label}`);
      await this.rights.changed(tx);
      return { msg: `deleted user ${label}`, user: null };
    });
  }

  /** Names are compared without case, addresses with all further ones of everybody. */
  private async refuseTaken(
    tx: Tx,
    wanted: { username?: string; email?: string },
    except = 0,
  ): Promise<void> {
    const [taken] = await tx.query<{ username: boolean; email: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM "user" WHERE lower(username) = lower($1) AND user_id <> $3) AS username,
         EXISTS (SELECT 1 FROM "user" WHERE lower(email) = lower(trim($2)) AND user_id <> $3) OR
         EXISTS (SELECT 1 FROM user_email WHERE lower(email) = lower(trim($2))) AS email`,
      [wanted.username ?? null, wanted.email ?? null, except],
    );
    if (taken?.username) throw conflict(`user \`${wanted.username}\` already exist`);
    if (taken?.email) throw conflict(`email \`${wanted.email}\` already exist`);
  }

  private async keepAnAdministrator(tx: Tx, failure: string): Promise<void> {
    const [left] = await tx.query('SELECT 1 FROM "user" WHERE admin AND active LIMIT 1');
    if (!left) throw new RpcFault('REFUSED', failure, { detail: 'there must be an active super admin' });
  }
}

function checkUsername(name: string): void {
  const reserved = name.toLowerCase() === DEFAULT_USERNAME || name === 'new_user';
  if (reserved || !USERNAME.test(name)) {
    throw new RpcFault('REFUSED', `failed to create user \`${name}\``, {
      detail:
        'username: letters, digits and `_ . @ + -`, first a letter, digit or `_`; `default` is reserved',
    });
  }
}

function checkEmail(email: string): string {
  const address = email.trim().toLowerCase();
  if (!EMAIL.test(address)) throw refused(`email \`${email}\` is not a valid address`);
  return address;
}

/** Two calls at once: the check saw nothing, the index did. */
function rethrowTaken(username: string, email: string) {
  return (error: unknown): never => {
    const constraint = uniqueViolation(error);
    if (constraint === 'user_username_key') throw conflict(`user \`${username}\` already exist`);
    if (constraint === 'user_email_key') throw conflict(`email \`${email}\` already exist`);
    throw error;
  };
}
