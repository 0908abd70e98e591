import { Injectable } from '@nestjs/common';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { Rights } from '../../access/rights.js';
import { Database, type Tx } from '../../database/database.js';
import { Outbox } from '../../events/outbox.js';
import type { Caller } from '../../rpc/call.js';
import { refused, RpcFault } from '../../rpc/errors.js';
import { userUpdated, type UserUpdated } from '../../sdk/index.js';
import {
  emailFault,
  hasAdministrator,
  normalEmail,
  takenByConstraint,
  takenByOthers,
  usernameFault,
} from './account-rules.js';
import { hashPassword } from '../../access/password.js';
import { previousValues } from './previous-values.js';
import { recordedBy } from './recorded-by.js';
import { toUserView, type UserView } from './user.view.js';
import type { UpdateUserArgs } from './users.dto.js';
import { UsersDirectory, userDoesNotExist } from './users.directory.js';

type Change = UserUpdated['changed'][number];

const COLUMNS = [
  'username',
  'email',
  'firstname',
  'lastname',
  'active',
  'admin',
  'extern_type',
  'extern_name',
] as const satisfies Change[];
type Columns = { [Column in (typeof COLUMNS)[number]]: string | boolean | null };

@Injectable()
export class UpdateUser {
  constructor(
    private readonly db: Database,
    private readonly directory: UsersDirectory,
    private readonly rights: Rights,
    private readonly outbox: Outbox,
  ) {}

  async run(caller: Caller, args: UpdateUserArgs): Promise<{ msg: string; user: UserView }> {
    const { user_id: userId } = await this.directory.require(args.userid);
    if (userId === DEFAULT_USER_ID) throw refused('editing default user is forbidden');
    const failure = (detail: string, reason: 'REFUSED' | 'CONFLICT' = 'REFUSED') =>
      new RpcFault(reason, `failed to update user \`${args.userid}\``, { detail });
    const email = args.email === undefined ? undefined : normalEmail(args.email);
    const detail =
      (args.username === undefined ? null : usernameFault(args.username)) ??
      (email === undefined ? null : emailFault(email));
    if (detail !== null) throw failure(detail);
    const passwordHash = args.password ? await hashPassword(args.password) : null;
    const user = await this.db.transaction(async (tx) => {
      const stored = await this.lock(tx, userId, args.userid);
      const taken = await takenByOthers(tx, { username: args.username, email }, userId);
      if (taken) throw failure(`another account has that ${taken}`, 'CONFLICT');
      const before = toUserView(await this.directory.require(userId, tx));
      const values = changedColumns(stored, args, email);
      if (args.password !== undefined) values.set('password_hash', passwordHash);
      if (values.size === 0) return before;
      await write(tx, userId, values).catch((error: unknown) => {
        const found = takenByConstraint(error);
        throw found ? failure(`another account has that ${found}`, 'CONFLICT') : error;
      });
      if (!(await hasAdministrator(tx))) throw failure('there must be an active super admin');
      const after = toUserView(await this.directory.require(userId, tx));
      await this.outbox.record(tx, userUpdated, { ...recordedBy(caller), data: told(before, after, values) });
      await this.rights.changed(tx);
      return after;
    });
    return { msg: `updated user ID:${user.user_id} ${user.username}`, user };
  }

  private async lock(tx: Tx, userId: number, given: number | string): Promise<Columns> {
    const [row] = await tx.query<Columns>(
      `SELECT ${COLUMNS.join(', ')} FROM "user" WHERE user_id = $1 FOR UPDATE`,
      [userId],
    );
    if (!row) throw userDoesNotExist(given);
    return row;
  }
}

type Values = Map<keyof Columns | 'password_hash', string | boolean | null>;

function changedColumns(stored: Columns, args: UpdateUserArgs, email: string | undefined): Values {
  const values: Values = new Map();
  for (const column of COLUMNS) {
    const value = column === 'email' ? email : args[column];
    if (value !== undefined && value !== stored[column]) values.set(column, value);
  }
  return values;
}

function told(before: UserView, after: UserView, values: Values): UserUpdated {
  const previous = previousValues(before, after);
  const columns = [...values.keys()].map((column) => (column === 'password_hash' ? 'password' : column));
  return {
    user: after,
    changed: [...new Set([...columns, ...(Object.keys(previous) as Change[])])],
    previous,
  };
}

async function write(tx: Tx, userId: number, values: Values): Promise<void> {
  // Column names are those of the list above, never the caller's
  const sets = [...values.keys()].map((column, index) => `${column} = $${index + 2}`).join(', ');
  await tx.query(`UPDATE "user" SET ${sets} WHERE user_id = $1`, [userId, ...values.values()]);
  // An additional address that became the primary one is no longer additional
  if (values.has('email'))
    await tx.query('DELETE FROM user_email WHERE user_id = $1 AND lower(email) = $2', [
      userId,
      values.get('email'),
    ]);
}
