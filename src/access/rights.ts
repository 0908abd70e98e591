import { Injectable } from '@nestjs/common';
import { CachedLookup } from '../database/cached-lookup.js';
import { ChangeFeed } from '../database/change-feed.js';
import { Database, type Tx } from '../database/database.js';
import type { Principal } from '../rpc/call.js';
import type { ObjectKind } from '../rpc/requirement.js';
import { DEFAULT_USER_ID } from './default-user.js';
import { effectiveLevels, GLOBAL_PERMISSIONS, LEVEL_ON_ONE, OBJECT_TABLES } from './level-queries.js';
import { heaviestOfEachKind, LEVEL_WEIGHT, parsePermission, permissionName } from './levels.js';

/** The `permissions` member of `get_user`; keys as Kallithea spells them. */
export interface EffectivePermissions {
  global: string[];
  repositories: Record<string, string>;
  repositories_groups: Record<string, string>;
  user_groups: Record<string, string>;
}

/** What a user may do, from the cache when it is warm. */
@Injectable()
export class Rights {
  private readonly levels: CachedLookup<string, number>;
  private readonly globals: CachedLookup<number, ReadonlySet<string>>;

  constructor(
    private readonly db: Database,
    private readonly feed: ChangeFeed,
  ) {
    this.levels = new CachedLookup(feed, { clearOn: ['access'], max: 100_000 });
    this.globals = new CachedLookup(feed, { clearOn: ['access'] });
  }

  /** Weight as in `LEVEL_WEIGHT`; super admins have admin on everything. */
  level(principal: Principal, kind: ObjectKind, id: number): number | Promise<number> {
    if (principal.admin) return LEVEL_WEIGHT.admin;
    const key = `${principal.userId}:${kind}:${id}`;
    return this.levels.peek(key) ?? this.loadLevel(key, principal.userId, kind, id);
  }

  async hasGlobal(principal: Principal, permission: string): Promise<boolean> {
    return principal.admin || (await this.globalPermissions(principal.userId)).has(permission);
  }

  async globalPermissions(userId: number): Promise<ReadonlySet<string>> {
    const found = await this.globals.get(userId, async () => {
      const rows = await this.db.prepared<{ permission: string }>('access_globals', GLOBAL_PERMISSIONS, [
        userId,
      ]);
      return new Set(heaviestOfEachKind(rows.map((row) => row.permission)));
    });
    return found ?? new Set();
  }

  /**
   * What everybody gets on a new object: the default user's level, from his global permission of that kind. Read it
   * before a transaction, which must not need a second connection.
   */
  async defaultLevel(kind: ObjectKind): Promise<number> {
    for (const name of await this.globalPermissions(DEFAULT_USER_ID)) {
      const level = parsePermission(kind, name);
      if (level !== null) return level;
    }
    return LEVEL_WEIGHT.none;
  }

  /** On the object on which it is highest; none when there is no object. */
  async highestLevel(principal: Principal, kind: ObjectKind): Promise<number> {
    if (principal.admin) return LEVEL_WEIGHT.admin;
    const [row] = await this.db.prepared<{ level: number | null }>(
      `access_highest_${kind}`,
      `SELECT max(level) AS level FROM (${effectiveLevels(kind)}) AS l`,
      [principal.userId],
    );
    return row?.level ?? LEVEL_WEIGHT.none;
  }

  /** Everything at once, for `get_user`: one query a kind. What the user may not even see is not named. */
  async effective(user: { userId: number; admin: boolean }): Promise<EffectivePermissions> {
    const [global, repositories, groups, userGroups] = await Promise.all([
      user.admin ? Promise.resolve(new Set(['hg.admin'])) : this.globalPermissions(user.userId),
      this.byName(user, 'repo'),
      this.byName(user, 'repoGroup'),
      this.byName(user, 'userGroup'),
    ]);
    return { global: [...global], repositories, repositories_groups: groups, user_groups: userGroups };
  }

  /** Call in every transaction that changes users, keys, groups, memberships, owners, privacy or permissions. */
  changed(tx: Tx): Promise<void> {
    return this.feed.publish(tx, 'access');
  }

  private async loadLevel(key: string, userId: number, kind: ObjectKind, id: number): Promise<number> {
    const level = await this.levels.get(key, async () => {
      const rows = await this.db.prepared<{ level: number }>(`access_level_${kind}`, LEVEL_ON_ONE[kind], [
        userId,
        id,
      ]);
      return rows[0]?.level ?? LEVEL_WEIGHT.none;
    });
    return level ?? LEVEL_WEIGHT.none;
  }

  private async byName(user: { userId: number; admin: boolean }, kind: ObjectKind) {
    const { object, id, name } = OBJECT_TABLES[kind];
    const rows = user.admin
      ? await this.db.prepared<{ name: string; level: number }>(
          `access_all_${kind}`,
          `SELECT ${name} AS name, ${LEVEL_WEIGHT.admin} AS level FROM ${object} ORDER BY name`,
        )
      : await this.db.prepared<{ name: string; level: number }>(
          `access_names_${kind}`,
          `SELECT o.${name} AS name, l.level
           FROM ${object} o JOIN (${effectiveLevels(kind)}) AS l ON l.id = o.${id} ORDER BY name`,
          [user.userId],
        );
    return Object.fromEntries(rows.map((row) => [row.name, permissionName(kind, row.level)]));
  }
}
