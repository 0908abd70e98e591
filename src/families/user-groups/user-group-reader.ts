import { Injectable } from '@nestjs/common';
import { effectiveLevels } from '../../access/level-queries.js';
import { permissionName } from '../../access/levels.js';
import { Database, type Sql } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { toUserView, USER_COLUMNS, type UserRecord, type UserView } from '../users/user.view.js';
import { toUserGroupView, type UserGroupRight, type UserGroupView } from './user-group.view.js';
import { selectUserGroups, type UserGroupRecord } from './user-groups.directory.js';
import type { GetUserGroupArgs, GetUserGroupsArgs } from './user-groups.dto.js';

const READABLE = selectUserGroups(`
  LEFT JOIN (${effectiveLevels('userGroup')}) AS l ON l.id = g.users_group_id
  WHERE ($2 OR l.id IS NOT NULL) AND ($3::boolean IS NULL OR g.active = $3)
    AND ($4::int IS NULL OR g.users_group_id > $4)
  ORDER BY g.users_group_id LIMIT $5`);

const MEMBERS = `
  SELECT m.users_group_id, ${USER_COLUMNS} FROM user_group_member m JOIN "user" u USING (user_id)
  WHERE m.users_group_id = ANY($1) ORDER BY u.username`;

const RIGHTS = `
  SELECT u.username AS name, 'user' AS type, p.level, p.permission_id FROM user_group_permission p
    JOIN "user" u USING (user_id) WHERE p.target_group_id = $1
  UNION ALL
  SELECT g.group_name, 'user_group', p.level, p.permission_id FROM user_group_permission p
    JOIN user_group g USING (users_group_id) WHERE p.target_group_id = $1
  ORDER BY type, permission_id`;

@Injectable()
export class UserGroupReader {
  constructor(private readonly db: Database) {}

  async get(
    group: UserGroupRecord,
    args: GetUserGroupArgs,
  ): Promise<UserGroupView & { permissions?: UserGroupRight[] }> {
    const view = await this.view(group);
    return args.with_permissions ? { ...view, permissions: await this.rights(group.id) } : view;
  }

  /** Those that the caller may read, by id; two queries whatever their number. */
  async list({ principal }: Caller, { active, cursor, limit }: GetUserGroupsArgs): Promise<UserGroupView[]> {
    const groups = await this.db.query<UserGroupRecord & Record<string, unknown>>(READABLE, [
      principal.userId,
      principal.admin,
      active ?? null,
      cursor ?? null,
      limit ?? null,
    ]);
    const members = await this.members(
      this.db,
      groups.map((group) => group.id),
    );
    return groups.map((group) => toUserGroupView(group, members.get(group.id) ?? []));
  }

  /** @param sql a transaction, to see its own changes */
  async view(group: UserGroupRecord, sql: Sql = this.db): Promise<UserGroupView> {
    const members = await this.members(sql, [group.id]);
    return toUserGroupView(group, members.get(group.id) ?? []);
  }

  private async members(sql: Sql, groupIds: number[]): Promise<Map<number, UserView[]>> {
    const rows = await sql.prepared<UserRecord & { users_group_id: number } & Record<string, unknown>>(
      'user_group_members',
      MEMBERS,
      [groupIds],
    );
    const byGroup = new Map<number, UserView[]>();
    for (const row of rows) {
      const known = byGroup.get(row.users_group_id);
      if (known) known.push(toUserView(row));
      else byGroup.set(row.users_group_id, [toUserView(row)]);
    }
    return byGroup;
  }

  private async rights(groupId: number): Promise<UserGroupRight[]> {
    const rows = await this.db.query<{ name: string; type: UserGroupRight['type']; level: number }>(RIGHTS, [
      groupId,
    ]);
    return rows.map(({ name, type, level }) => ({
      name,
      type,
      permission: permissionName('userGroup', level),
    }));
  }
}
