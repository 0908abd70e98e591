import { Injectable } from '@nestjs/common';
import { asGiven, findByIdOrName } from '../../access/object-directory.js';
import { CachedLookup } from '../../database/cached-lookup.js';
import { ChangeFeed } from '../../database/change-feed.js';
import { Database, type Sql } from '../../database/database.js';
import type { Principal } from '../../rpc/call.js';
import { notFound, refused } from '../../rpc/errors.js';
import { USER_COLUMNS, type UserRecord } from './user.view.js';

const BY_ID = `SELECT ${USER_COLUMNS} FROM "user" u WHERE u.user_id = $1`;
const BY_NAME = `SELECT ${USER_COLUMNS} FROM "user" u WHERE u.username = $1`;

type Row = UserRecord & Record<string, unknown>;

/** Finds users by what callers write: an id or an exact name. */
@Injectable()
export class UsersDirectory {
  private readonly cache: CachedLookup<number, Row>;

  constructor(
    private readonly db: Database,
    feed: ChangeFeed,
  ) {
    this.cache = new CachedLookup(feed, { clearOn: ['access'] });
  }

  /** @param sql a transaction, to see its own changes */
  find(given: unknown, sql?: Sql): Promise<UserRecord | null> {
    return findByIdOrName(
      {
        byId: (id) => (sql ? this.load(sql, id) : this.cache.get(id, () => this.load(this.db, id))),
        byName: async (name) => {
          const [row] = await (sql ?? this.db).prepared<Row>('users_by_name', BY_NAME, [name]);
          return row ?? null;
        },
      },
      given,
    );
  }

  /** @throws RpcFault NOT_FOUND naming the user as the caller did */
  async require(given: unknown, sql?: Sql): Promise<UserRecord> {
    const user = await this.find(given, sql);
    if (!user) throw userDoesNotExist(given);
    return user;
  }

  /**
   * The caller when nothing is given. Others than super admins may name themselves only, by id or by name.
   * @throws RpcFault REFUSED
   */
  async requireOwn(principal: Principal, given?: number | string): Promise<UserRecord> {
    if (given === undefined) return this.require(principal.userId);
    if (principal.admin) return this.require(given);
    if (given === principal.username || Number(given) === principal.userId)
      return this.require(principal.userId);
    throw refused('userid is not the same as your user');
  }

  private async load(sql: Sql, id: number): Promise<Row | null> {
    const [row] = await sql.prepared<Row>('users_by_id', BY_ID, [id]);
    return row ?? null;
  }
}

export const userDoesNotExist = (given: unknown) => notFound(`user \`${asGiven(given)}\` does not exist`);
