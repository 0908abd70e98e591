import { Injectable } from '@nestjs/common';
import { generateApiKey } from '../../access/api-key.js';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { Rights } from '../../access/rights.js';
import { Database } from '../../database/database.js';
import { isForeignKeyViolation } from '../../database/pg-errors.js';
import { Outbox } from '../../events/outbox.js';
import type { Caller } from '../../rpc/call.js';
import { conflict, RpcFault } from '../../rpc/errors.js';
import { userCreated, userDeleted } from '../../sdk/index.js';
import {
  emailFault,
  hasAdministrator,
  normalEmail,
  takenByConstraint,
  takenByOthers,
  usernameFault,
} from './account-rules.js';
import { hashPassword } from '../../access/password.js';
import { recordedBy } from './recorded-by.js';
import { toUserView, type UserView } from './user.view.js';
import type { CreateUserArgs } from './users.dto.js';
import { UsersDirectory } from './users.directory.js';

/** Makes and deletes accounts; `UpdateUser` changes them. */
@Injectable()
export class UsersService {
  constructor(
    private readonly db: Database,
    private readonly directory: UsersDirectory,
    private readonly rights: Rights,
    private readonly outbox: Outbox,
  ) {}

  async create(
    caller: Caller,
    args: CreateUserArgs,
  ): Promise<{ msg: string; user: UserView; api_key: string }> {
    const { username } = args;
    const passwordHash = args.password === '' ? null : await hashPassword(args.password);
    const key = generateApiKey();
    return this.db.transaction(async (tx) => {
      refuseTaken(args, await takenByOthers(tx, args));
      const detail = usernameFault(username) ?? emailFault(normalEmail(args.email));
      if (detail !== null) throw new RpcFault('REFUSED', `failed to create user \`${username}\``, { detail });
      const [row] = await tx
        .query<{ user_id: number }>(
          `INSERT INTO "user" (username, email, password_hash, firstname, lastname, active, admin, extern_type, extern_name)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING user_id`,
          [
            username,
            normalEmail(args.email),
            passwordHash,
            args.firstname,
            args.lastname,
            args.active,
            args.admin,
            args.extern_type,
            args.extern_name,
          ],
        )
        .catch((error: unknown) => {
          refuseTaken(args, takenByConstraint(error));
          throw error;
        });
      await tx.query('INSERT INTO api_key (user_id, key_hash, prefix, description) VALUES ($1, $2, $3, $4)', [
        row?.user_id,
        key.hash,
        key.prefix,
        'first key',
      ]);
      const user = toUserView(await this.directory.require(row?.user_id, tx));
      await this.outbox.record(tx, userCreated, { ...recordedBy(caller), data: { user } });
      await this.rights.changed(tx);
      return { msg: `created new user \`${username}\``, user, api_key: key.key };
    });
  }

  /** Refuses for whoever still owns something; keys, addresses, memberships, rights and comments go with the user. */
  async delete(caller: Caller, given: number | string): Promise<{ msg: string; user: null }> {
    const user = await this.directory.require(given);
    const label = `ID:${user.user_id} ${user.username}`;
    const failure = (detail: string, cause?: unknown) =>
      new RpcFault('REFUSED', `failed to delete user ${label}`, { detail }, { cause });
    if (user.user_id === DEFAULT_USER_ID) throw failure('the default user cannot be deleted');
    if (user.user_id === caller.principal.userId) throw failure('you cannot delete yourself');
    return this.db.transaction(async (tx) => {
      await tx.query('DELETE FROM "user" WHERE user_id = $1', [user.user_id]).catch((error: unknown) => {
        if (isForeignKeyViolation(error))
          throw failure('the user still owns repositories, groups, gists or pull requests');
        throw error;
      });
      if (!(await hasAdministrator(tx))) throw failure('there must be an active super admin');
      await this.outbox.record(tx, userDeleted, { ...recordedBy(caller), data: { user: toUserView(user) } });
      await this.rights.changed(tx);
      return { msg: `deleted user ${label}`, user: null };
    });
  }
}

function refuseTaken(args: CreateUserArgs, taken: 'username' | 'email' | null): void {
  if (taken === 'username') throw conflict(`user \`${args.username}\` already exist`);
  if (taken === 'email') throw conflict(`email \`${args.email}\` already exist`);
}
