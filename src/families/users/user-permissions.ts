import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { heaviestOfEachKind, permissionName } from '../../access/levels.js';
import { Database } from '../../database/database.js';
import type { Caller, Principal } from '../../rpc/call.js';
import {
  kindOf,
  PERMISSION_ORIGINS,
  rowKey,
  type ObjectType,
  type OriginsRow,
} from './permission-origins.js';
import type { GetUserPermissionsArgs } from './users.dto.js';
import { UsersDirectory } from './users.directory.js';

export interface PermissionView {
  /** As in the events `permission.granted` and `permission.revoked`. */
  object: { type: ObjectType; id: number | null; name: string | null };
  /** The one that counts: the highest of those below. */
  permission: string;
  /** The highest first. */
  origins: { origin: string; user_group?: string; permission: string }[];
}

/** Why a user may do what he may do. */
@Injectable()
export class UserPermissions {
  constructor(
    private readonly db: Database,
    private readonly directory: UsersDirectory,
    private readonly access: Access,
  ) {}

  async list({ principal }: Caller, args: GetUserPermissionsArgs) {
    const user = await this.directory.requireOwn(principal, args.userid);
    const rows = await this.db.query<OriginsRow>(PERMISSION_ORIGINS, [
      user.user_id,
      user.admin,
      args.object_type ?? null,
      args.cursor ?? null,
      args.limit === undefined ? null : args.limit + 1,
    ]);
    const page = rows.slice(0, args.limit);
    const last = page.at(-1);
    return {
      user_id: user.user_id,
      username: user.username,
      permissions: page.filter((row) => this.isInScope(principal, row)).map(toPermissionView),
      next: rows.length > page.length && last ? rowKey(last) : null,
    };
  }

  private isInScope(principal: Principal, { type, name }: OriginsRow): boolean {
    if (type === 'global' || type === 'user_group') return true;
    return this.access.isInScope(principal, type === 'repo' ? 'repo' : 'group', name);
  }
}

function toPermissionView({ type, id, name, origins }: OriginsRow): PermissionView {
  const named = origins.map(({ origin, user_group, level, permission }) => ({
    origin,
    ...(user_group !== null && { user_group }),
    permission: permission ?? (type === 'global' ? '' : permissionName(kindOf(type), level)),
  }));
  const names = named.map((each) => each.permission);
  const [heaviest = ''] = type === 'global' ? heaviestOfEachKind(names) : names;
  return {
    object: { type, id, name: type === 'global' ? null : name },
    permission: heaviest,
    origins: named,
  };
}
