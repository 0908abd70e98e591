import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { effectiveLevels } from '../../access/level-queries.js';
import { LEVEL_WEIGHT } from '../../access/levels.js';
import { Rights } from '../../access/rights.js';
import { Database, type Sql, type Tx } from '../../database/database.js';
import { uniqueViolation } from '../../database/pg-errors.js';
import { Outbox } from '../../events/outbox.js';
import type { Caller, Principal } from '../../rpc/call.js';
import { conflict, denied, refused, RpcFault } from '../../rpc/errors.js';
import { userGroupCreated, userGroupDeleted, userGroupUpdated } from '../../sdk/index.js';
import { previousValues } from '../users/previous-values.js';
import { recordedBy } from '../users/recorded-by.js';
import type { UserRecord } from '../users/user.view.js';
import { UsersDirectory } from '../users/users.directory.js';
import { groupNameFault } from './group-name.js';
import { UserGroupReader } from './user-group-reader.js';
import { toUserGroupShape, toUserGroupView, type UserGroupView } from './user-group.view.js';
import { UserGroupsDirectory, type UserGroupRecord } from './user-groups.directory.js';
import type { CreateUserGroupArgs, UpdateUserGroupArgs } from './user-groups.dto.js';

@Injectable()
export class UserGroupsService {
  constructor(
    private readonly db: Database,
    private readonly groups: UserGroupsDirectory,
    private readonly reader: UserGroupReader,
    private readonly users: UsersDirectory,
    private readonly access: Access,
    private readonly rights: Rights,
    private readonly outbox: Outbox,
  ) {}

  async create(
    caller: Caller,
    args: CreateUserGroupArgs,
  ): Promise<{ msg: string; user_group: UserGroupView }> {
    const { group_name: name } = args;
    const failure = (detail: string) =>
      new RpcFault('REFUSED', `failed to create group \`${name}\``, { detail });
    if (await isTaken(this.db, name)) throw conflict(`user group \`${name}\` already exist`);
    const owner = await this.ownerFor(caller.principal, args.owner, caller.principal.userId);
    const fault = ownerFault(owner) ?? groupNameFault(name);
    if (fault) throw failure(fault);
    const defaultLevel = await this.rights.defaultLevel('userGroup');
    const group = await this.db.transaction(async (tx) => {
      const [row] = await tx
        .query<{ users_group_id: number }>(
          `INSERT INTO user_group (group_name, group_description, active, owner_id) VALUES ($1, $2, $3, $4)
           RETURNING users_group_id`,
          [name, args.description, args.active, owner.user_id],
        )
        .catch((error: unknown) => {
          throw uniqueViolation(error) ? conflict(`user group \`${name}\` already exist`) : error;
        });
      const id = (row as { users_group_id: number }).users_group_id;
      await tx.query(
        'INSERT INTO user_group_permission (target_group_id, user_id, level) VALUES ($1, $2, $3), ($1, $4, $5)',
        [id, DEFAULT_USER_ID, defaultLevel, owner.user_id, LEVEL_WEIGHT.admin],
      );
      const created = await this.groups.lock(tx, id, name);
      await this.outbox.record(tx, userGroupCreated, {
        ...recordedBy(caller),
        data: { user_group: toUserGroupShape(created) },
      });
      await this.rights.changed(tx);
      return created;
    });
    return { msg: `created new user group \`${name}\``, user_group: toUserGroupView(group, []) };
  }

  async update(
    caller: Caller,
    group: UserGroupRecord,
    args: UpdateUserGroupArgs,
  ): Promise<{ msg: string; user_group: UserGroupView }> {
    const failure = (detail: string, reason: 'REFUSED' | 'CONFLICT' = 'REFUSED') =>
      new RpcFault(reason, `failed to update user group \`${args.usergroupid}\``, { detail });
    const owner = await this.ownerFor(caller.principal, args.owner, group.owner_id);
    const fault =
      ownerFault(owner) ?? (args.group_name === undefined ? null : groupNameFault(args.group_name));
    if (fault) throw failure(fault);
    const { id } = group;
    return this.db.transaction(async (tx) => {
      const before = await this.groups.lock(tx, id, args.usergroupid);
      await tx
        .query(
          `UPDATE user_group SET group_name = $2, group_description = $3, active = $4, owner_id = $5
           WHERE users_group_id = $1`,
          [
            id,
            args.group_name ?? before.group_name,
            args.description ?? before.group_description,
            args.active ?? before.active,
            args.owner === undefined ? before.owner_id : owner.user_id,
          ],
        )
        .catch((error: unknown) => {
          throw uniqueViolation(error) ? failure('another user group has that name', 'CONFLICT') : error;
        });
      const after = await this.groups.lock(tx, id, args.usergroupid);
      const previous = previousValues(toUserGroupShape(before), toUserGroupShape(after));
      if (Object.keys(previous).length > 0) {
        await this.outbox.record(tx, userGroupUpdated, {
          ...recordedBy(caller),
          data: { user_group: toUserGroupShape(after), previous },
        });
        await this.rights.changed(tx);
      }
      return {
        msg: `updated user group ID:${id} ${after.group_name}`,
        user_group: await this.reader.view(after, tx),
      };
    });
  }

  /** Refuses while the group has a row on any repository; rights on repository groups and user groups go with it. */
  async delete(
    caller: Caller,
    { id }: UserGroupRecord,
    given: number | string,
  ): Promise<{ msg: string; user_group: null }> {
    return this.db.transaction(async (tx) => {
      const group = await this.groups.lock(tx, id, given);
      const assigned = await this.assignments(tx, caller.principal, id);
      if (assigned !== null) throw refused(`User Group assigned to ${assigned}`);
      const { members } = await this.reader.view(group, tx);
      await tx.query('DELETE FROM user_group WHERE users_group_id = $1', [id]);
      await this.outbox.record(tx, userGroupDeleted, {
        ...recordedBy(caller),
        data: {
          user_group: toUserGroupShape(group),
          members: members.map(({ user_id, username }) => ({ user_id, username })),
        },
      });
      await this.rights.changed(tx);
      return { msg: `deleted user group ID:${id} ${group.group_name}`, user_group: null };
    });
  }

  /**
   * Nobody acts in another's name: only super admins name another owner.
   * @param present who owns the group anyway: the caller of a new one
   */
  private async ownerFor(
    principal: Principal,
    given: number | string | undefined,
    present: number,
  ): Promise<UserRecord> {
    const owner = given === undefined ? null : await this.users.find(given);
    const isAllowed = principal.admin || given === undefined || owner?.user_id === present;
    if (!isAllowed) throw denied('hg.admin', 'Only Kallithea admin can specify `owner` param');
    return owner ?? this.users.require(given ?? present);
  }

  /** Names of the repositories, those that the caller may not see as a number only; null when there are none. */
  private async assignments(tx: Tx, principal: Principal, groupId: number): Promise<string | null> {
    const rows = await tx.query<{ name: string; readable: boolean }>(
      `SELECT r.repo_name AS name, $3 OR l.id IS NOT NULL AS readable
       FROM repo_permission p JOIN repo r USING (repo_id)
       LEFT JOIN (${effectiveLevels('repo')}) AS l ON l.id = r.repo_id
       WHERE p.users_group_id = $2 ORDER BY r.repo_name`,
      [principal.userId, groupId, principal.admin],
    );
    if (rows.length === 0) return null;
    const shown = rows.filter((row) => row.readable && this.access.isInScope(principal, 'repo', row.name));
    const names = shown.map((row) => row.name);
    const hidden = rows.length - names.length;
    if (hidden > 0) names.push(`${hidden} ${names.length > 0 ? 'more' : 'repositories'}`);
    return names.join(', ');
  }
}

const ownerFault = (owner: UserRecord) =>
  owner.user_id === DEFAULT_USER_ID ? 'the default user cannot own a group' : null;

async function isTaken(sql: Sql, name: string): Promise<boolean> {
  const [taken] = await sql.query('SELECT 1 FROM user_group WHERE lower(group_name) = lower($1)', [name]);
  return taken !== undefined;
}
