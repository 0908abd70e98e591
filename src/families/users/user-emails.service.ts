import { Injectable } from '@nestjs/common';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { Rights } from '../../access/rights.js';
import { Database, type Tx } from '../../database/database.js';
import { Outbox } from '../../events/outbox.js';
import type { Caller } from '../../rpc/call.js';
import { conflict, notFound, refused, RpcFault } from '../../rpc/errors.js';
import { userUpdated } from '../../sdk/index.js';
import { emailFault, normalEmail, takenByOthers } from './account-rules.js';
import { recordedBy } from './recorded-by.js';
import { toUserView, type UserRecord, type UserView } from './user.view.js';
import type { UserEmailArgs } from './users.dto.js';
import { UsersDirectory, userDoesNotExist } from './users.directory.js';

const MAX_EMAILS = 50;

export interface UserEmailsAnswer {
  msg: string;
  user: UserView;
}

/** Additional addresses of accounts, by which authors of changesets are recognised. */
@Injectable()
export class UserEmailsService {
  constructor(
    private readonly db: Database,
    private readonly directory: UsersDirectory,
    private readonly rights: Rights,
    private readonly outbox: Outbox,
  ) {}

  async add(caller: Caller, args: UserEmailArgs): Promise<UserEmailsAnswer> {
    const { user_id: userId, username } = await this.directory.requireOwn(caller.principal, args.userid);
    const failure = (detail: string) =>
      new RpcFault('REFUSED', `failed to add email \`${args.email}\` to user \`${username}\``, { detail });
    if (userId === DEFAULT_USER_ID) throw failure('the default user has no addresses of its own');
    const email = normalEmail(args.email);
    const fault = emailFault(email);
    if (fault) throw failure(fault);
    const user = await this.change(caller, userId, args.userid, async (tx, before) => {
      const isOwn = before.email === email || before.extra_emails.includes(email);
      if (isOwn || (await takenByOthers(tx, { email }, userId)))
        throw conflict(`email \`${args.email}\` already exist`);
      if (before.extra_emails.length >= MAX_EMAILS) throw failure(`${MAX_EMAILS} addresses are the limit`);
      await tx.query('INSERT INTO user_email (user_id, email) VALUES ($1, $2)', [userId, email]);
    });
    return { msg: `added email \`${email}\` to user \`${username}\``, user };
  }

  async delete(caller: Caller, args: UserEmailArgs): Promise<UserEmailsAnswer> {
    const { user_id: userId, username } = await this.directory.requireOwn(caller.principal, args.userid);
    const email = normalEmail(args.email);
    const user = await this.change(caller, userId, args.userid, async (tx, before) => {
      if (before.email === email) {
        throw refused(`email \`${args.email}\` is the primary one; change it with update_user`);
      }
      const [gone] = await tx.query(
        'DELETE FROM user_email WHERE user_id = $1 AND lower(email) = $2 RETURNING 1',
        [userId, email],
      );
      if (!gone) throw notFound(`email \`${args.email}\` does not exist`);
    });
    return { msg: `deleted email \`${email}\` of user \`${username}\``, user };
  }

  private change(
    caller: Caller,
    userId: number,
    given: number | string | undefined,
    work: (tx: Tx, before: UserRecord) => Promise<void>,
  ): Promise<UserView> {
    return this.db.transaction(async (tx) => {
      const [row] = await tx.query('SELECT 1 FROM "user" WHERE user_id = $1 FOR UPDATE', [userId]);
      if (!row) throw userDoesNotExist(given);
      const before = await this.directory.require(userId, tx);
      await work(tx, before);
      const user = toUserView(await this.directory.require(userId, tx));
      await this.outbox.record(tx, userUpdated, {
        ...recordedBy(caller),
        data: { user, changed: ['emails'], previous: { emails: toUserView(before).emails } },
      });
      await this.rights.changed(tx);
      return user;
    });
  }
}
