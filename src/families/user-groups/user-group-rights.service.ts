import { Injectable } from '@nestjs/common';
import { GLOBAL_PERMISSION_WEIGHT, parsePermission, permissionName } from '../../access/levels.js';
import { Rights } from '../../access/rights.js';
import { Database, type Tx } from '../../database/database.js';
import { isForeignKeyViolation } from '../../database/pg-errors.js';
import { Outbox } from '../../events/outbox.js';
import type { Caller } from '../../rpc/call.js';
import { notFound, RpcFault } from '../../rpc/errors.js';
import {
  permissionGranted,
  permissionRevoked,
  type PermissionObject,
  type PermissionSubject,
} from '../../sdk/index.js';
import { recordedBy } from '../users/recorded-by.js';
import { UsersDirectory } from '../users/users.directory.js';
import type {
  GrantToUserArgs,
  GrantToUserGroupArgs,
  RevokeFromUserArgs,
  RevokeFromUserGroupArgs,
} from './user-group-rights.dto.js';
import { UserGroupsDirectory, type UserGroupRecord } from './user-groups.directory.js';

export interface RightAnswer {
  msg: string;
  success: true;
}

const COLUMN: Record<PermissionSubject['type'], string> = { user: 'user_id', user_group: 'users_group_id' };
const WORDS: Record<PermissionSubject['type'], string> = { user: 'user', user_group: 'user group' };

/** Rights of users and user groups on user groups, one level for a subject at a time. */
@Injectable()
export class UserGroupRightsService {
  constructor(
    private readonly db: Database,
    private readonly groups: UserGroupsDirectory,
    private readonly users: UsersDirectory,
    private readonly rights: Rights,
    private readonly outbox: Outbox,
  ) {}

  async grantToUser(caller: Caller, group: UserGroupRecord, args: GrantToUserArgs): Promise<RightAnswer> {
    return this.grant(caller, group, await this.user(args.userid), args.perm, args);
  }

  async revokeFromUser(
    caller: Caller,
    group: UserGroupRecord,
    args: RevokeFromUserArgs,
  ): Promise<RightAnswer> {
    return this.revoke(caller, group, await this.user(args.userid), args.usergroupid);
  }

  async grantToUserGroup(
    caller: Caller,
    group: UserGroupRecord,
    source: UserGroupRecord,
    args: GrantToUserGroupArgs,
  ): Promise<RightAnswer> {
    return this.grant(caller, group, toSubject(source), args.perm, args);
  }

  async revokeFromUserGroup(
    caller: Caller,
    group: UserGroupRecord,
    source: UserGroupRecord,
    args: RevokeFromUserGroupArgs,
  ): Promise<RightAnswer> {
    return this.revoke(caller, group, toSubject(source), args.usergroupid);
  }

  private async user(given: number | string): Promise<PermissionSubject> {
    const { user_id, username } = await this.users.require(given);
    return { type: 'user', id: user_id, name: username };
  }

  private async grant(
    caller: Caller,
    group: UserGroupRecord,
    subject: PermissionSubject,
    perm: string,
    args: GrantToUserArgs | GrantToUserGroupArgs,
  ): Promise<RightAnswer> {
    const level = levelOf(perm);
    const given = 'userid' in args ? args.userid : args.sourceusergroupid;
    const failure = (detail: string, cause?: unknown) =>
      new RpcFault(
        'REFUSED',
        `failed to edit permission for ${WORDS[subject.type]}: \`${given}\` in user group: \`${args.usergroupid}\``,
        { detail },
        { cause },
      );
    if (subject.type === 'user_group' && subject.id === group.id)
      throw failure('a user group cannot have rights on itself');
    const column = COLUMN[subject.type];
    await this.db.transaction(async (tx) => {
      const { id, name } = await this.groups.lock(tx, group.id, args.usergroupid);
      const before = await storedLevel(tx, id, subject);
      if (before === level) return;
      await tx
        .query(
          `INSERT INTO user_group_permission (target_group_id, ${column}, level) VALUES ($1, $2, $3)
           ON CONFLICT (target_group_id, ${column}) WHERE ${column} IS NOT NULL DO UPDATE SET level = EXCLUDED.level`,
          [id, subject.id, level],
        )
        .catch((error: unknown) => {
          throw isForeignKeyViolation(error) ? failure('it was deleted meanwhile', error) : error;
        });
      const previous = { permission: before === null ? null : permissionName('userGroup', before) };
      const object: PermissionObject = { type: 'user_group', id, name };
      await this.outbox.record(tx, permissionGranted, {
        ...recordedBy(caller),
        data: { object, subject, permission: perm, previous },
      });
      await this.rights.changed(tx);
    });
    return {
      msg: `Granted perm: \`${perm}\` for ${WORDS[subject.type]}: \`${subject.name}\` in user group: \`${group.name}\``,
      success: true,
    };
  }

  /** Nothing to revoke is no error. */
  private async revoke(
    caller: Caller,
    group: UserGroupRecord,
    subject: PermissionSubject,
    given: number | string,
  ): Promise<RightAnswer> {
    await this.db.transaction(async (tx) => {
      const { id, name } = await this.groups.lock(tx, group.id, given);
      const [revoked] = await tx.query<{ level: number }>(
        `DELETE FROM user_group_permission WHERE target_group_id = $1 AND ${COLUMN[subject.type]} = $2
         RETURNING level`,
        [id, subject.id],
      );
      if (!revoked) return;
      const object: PermissionObject = { type: 'user_group', id, name };
      await this.outbox.record(tx, permissionRevoked, {
        ...recordedBy(caller),
        data: { object, subject, permission: permissionName('userGroup', revoked.level) },
      });
      await this.rights.changed(tx);
    });
    return {
      msg: `Revoked perm for ${WORDS[subject.type]}: \`${subject.name}\` in user group: \`${group.name}\``,
      success: true,
    };
  }
}

const toSubject = ({ id, name }: UserGroupRecord): PermissionSubject => ({ type: 'user_group', id, name });

async function storedLevel(tx: Tx, groupId: number, subject: PermissionSubject): Promise<number | null> {
  const [row] = await tx.query<{ level: number }>(
    `SELECT level FROM user_group_permission WHERE target_group_id = $1 AND ${COLUMN[subject.type]} = $2`,
    [groupId, subject.id],
  );
  return row?.level ?? null;
}

/** The two refusals are RhodeCode's words. */
function levelOf(perm: string): number {
  const level = parsePermission('userGroup', perm);
  if (level !== null) return level;
  if (Object.hasOwn(GLOBAL_PERMISSION_WEIGHT, perm))
    throw new RpcFault('REFUSED', `permission \`${perm}\` is invalid, should start with usergroup.`);
  throw notFound(
    `permission \`${perm}\` does not exist. Permission should start with prefix: \`usergroup.\``,
  );
}
