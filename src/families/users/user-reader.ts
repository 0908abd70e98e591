import { Injectable } from '@nestjs/common';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { Rights, type EffectivePermissions } from '../../access/rights.js';
import { CachedLookup } from '../../database/cached-lookup.js';
import { ChangeFeed } from '../../database/change-feed.js';
import { Database } from '../../database/database.js';
import type { Principal, RpcCall } from '../../rpc/call.js';
import { refused } from '../../rpc/errors.js';
import { toUserView, USER_COLUMNS, type UserRecord, type UserView } from './user.view.js';
import { UsersDirectory } from './users.directory.js';

type UserWithPermissions = UserView & { permissions: EffectivePermissions };

@Injectable()
export class UserReader {
  private readonly cache: CachedLookup<number, UserWithPermissions>;

  constructor(
    private readonly db: Database,
    private readonly directory: UsersDirectory,
    private readonly rights: Rights,
    feed: ChangeFeed,
  ) {
    this.cache = new CachedLookup(feed, { clearOn: ['access'], max: 1_000 });
  }

  /** Others than super admins may name themselves only, by id or by name. */
  async get(call: RpcCall, given?: number | string): Promise<UserWithPermissions> {
    const { principal } = call;
    if (given === undefined || isSelf(principal, given)) return this.view(principal.userId);
    if (!principal.admin) throw refused('userid is not the same as your user');
    return this.view((await this.directory.require(given)).user_id);
  }

  async list(): Promise<UserView[]> {
    const rows = await this.db.query<UserRecord & Record<string, unknown>>(
      `SELECT ${USER_COLUMNS} FROM "user" u WHERE u.user_id <> $1 ORDER BY u.username`,
      [DEFAULT_USER_ID],
    );
    return rows.map(toUserView);
  }

  private async view(userId: number): Promise<UserWithPermissions> {
    const view = await this.cache.get(userId, async () => {
      const user = await this.directory.require(userId);
      const permissions = await this.rights.effective({ userId, admin: user.admin });
      return { ...toUserView(user), permissions };
    });
    return view as UserWithPermissions;
  }
}

function isSelf(principal: Principal, given: number | string): boolean {
  return given === principal.username || Number(given) === principal.userId;
}
