import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { Rights, type EffectivePermissions } from '../../access/rights.js';
import { CachedLookup } from '../../database/cached-lookup.js';
import { ChangeFeed } from '../../database/change-feed.js';
import { Database } from '../../database/database.js';
import type { Principal, RpcCall } from '../../rpc/call.js';
import { type JsonText, RenderedView } from '../../rpc/json-text.js';
import { toUserView, USER_COLUMNS, type UserRecord, type UserView } from './user.view.js';
import type { GetUsersArgs } from './users.dto.js';
import { UsersDirectory } from './users.directory.js';

type UserWithPermissions = UserView & { permissions: EffectivePermissions };

@Injectable()
export class UserReader {
  private readonly cache: CachedLookup<number, RenderedView<UserWithPermissions>>;

  constructor(
    private readonly db: Database,
    private readonly directory: UsersDirectory,
    private readonly rights: Rights,
    private readonly access: Access,
    feed: ChangeFeed,
  ) {
    this.cache = new CachedLookup(feed, { clearOn: ['access'], max: 1_000 });
  }

  /** Others than super admins may name themselves only, by id or by name. */
  async get(
    { principal }: RpcCall,
    given?: number | string,
  ): Promise<JsonText<UserWithPermissions> | UserWithPermissions> {
    const { user_id: userId } = await this.directory.requireOwn(principal, given);
    const rendered = await this.rendered(userId);
    if (principal.scopes === null) return rendered.json;
    return { ...rendered.view, permissions: this.inScope(principal, rendered.view) };
  }

  async list({ active, cursor, limit }: GetUsersArgs): Promise<UserView[]> {
    const rows = await this.db.query<UserRecord & Record<string, unknown>>(
      `SELECT ${USER_COLUMNS} FROM "user" u
       WHERE u.user_id <> $1 AND ($2::boolean IS NULL OR u.active = $2) AND ($3::text IS NULL OR u.username > $3)
       ORDER BY u.username LIMIT $4`,
      [DEFAULT_USER_ID, active ?? null, cursor ?? null, limit ?? null],
    );
    return rows.map(toUserView);
  }

  /** A key that is limited to some objects shows no others. */
  private inScope(principal: Principal, { permissions }: UserWithPermissions): EffectivePermissions {
    const only = (kind: 'repo' | 'group', rights: Record<string, string>) =>
      Object.fromEntries(
        Object.entries(rights).filter(([name]) => this.access.isInScope(principal, kind, name)),
      );
    return {
      ...permissions,
      repositories: only('repo', permissions.repositories),
      repositories_groups: only('group', permissions.repositories_groups),
    };
  }

  private async rendered(userId: number): Promise<RenderedView<UserWithPermissions>> {
    const rendered = await this.cache.get(userId, async () => {
      const user = await this.directory.require(userId);
      const permissions = await this.rights.effective({ userId, admin: user.admin });
      return new RenderedView({ ...toUserView(user), permissions });
    });
    return rendered as RenderedView<UserWithPermissions>;
  }
}
