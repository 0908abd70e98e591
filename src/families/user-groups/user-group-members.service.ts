import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { Rights } from '../../access/rights.js';
import { Database, type Tx } from '../../database/database.js';
import { isForeignKeyViolation } from '../../database/pg-errors.js';
import { Outbox } from '../../events/outbox.js';
import type { Caller } from '../../rpc/call.js';
import { RpcFault } from '../../rpc/errors.js';
import { userGroupMemberAdded, userGroupMemberRemoved } from '../../sdk/index.js';
import { recordedBy } from '../users/recorded-by.js';
import type { UserRecord } from '../users/user.view.js';
import { UsersDirectory } from '../users/users.directory.js';
import { toUserGroupShape } from './user-group.view.js';
import { UserGroupsDirectory, type UserGroupRecord } from './user-groups.directory.js';
import type { UserGroupMemberArgs } from './user-groups.dto.js';

export interface MemberAnswer {
  /** Whether anything changed. */
  success: boolean;
  msg: string;
}

@Injectable()
export class UserGroupMembersService {
  constructor(
    private readonly db: Database,
    private readonly groups: UserGroupsDirectory,
    private readonly users: UsersDirectory,
    private readonly access: Access,
    private readonly rights: Rights,
    private readonly outbox: Outbox,
  ) {}

  async add(caller: Caller, args: UserGroupMemberArgs): Promise<MemberAnswer> {
    const { user, group } = await this.named(caller, args);
    const failure = (detail: string, cause?: unknown) =>
      new RpcFault('REFUSED', `failed to add member to user group \`${group.name}\``, { detail }, { cause });
    if (user.user_id === DEFAULT_USER_ID) throw failure('the default user cannot be a member');
    const isNew = await this.change(caller, args, group, user, userGroupMemberAdded, async (tx) => {
      const added = await tx
        .query(
          'INSERT INTO user_group_member (users_group_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1',
          [group.id, user.user_id],
        )
        .catch((error: unknown) => {
          throw isForeignKeyViolation(error) ? failure('the user was deleted meanwhile', error) : error;
        });
      return added.length > 0;
    });
    if (!isNew) return { success: false, msg: 'User is already in that group' };
    return { success: true, msg: `added member \`${user.username}\` to user group \`${group.name}\`` };
  }

  async remove(caller: Caller, args: UserGroupMemberArgs): Promise<MemberAnswer> {
    const { user, group } = await this.named(caller, args);
    const wasIn = await this.change(caller, args, group, user, userGroupMemberRemoved, async (tx) => {
      const removed = await tx.query(
        'DELETE FROM user_group_member WHERE users_group_id = $1 AND user_id = $2 RETURNING 1',
        [group.id, user.user_id],
      );
      return removed.length > 0;
    });
    if (!wasIn) return { success: false, msg: "User wasn't in group" };
    return { success: true, msg: `removed member \`${user.username}\` from user group \`${group.name}\`` };
  }

  /** The user is looked for before the group and the right, as in Kallithea. */
  private async named({ principal }: Caller, { userid, usergroupid }: UserGroupMemberArgs) {
    const user = await this.users.require(userid);
    const group = await this.access.require<UserGroupRecord>(principal, 'userGroup', usergroupid, 'admin');
    return { user, group };
  }

  private change(
    caller: Caller,
    { usergroupid }: UserGroupMemberArgs,
    { id }: UserGroupRecord,
    { user_id, username }: UserRecord,
    contract: typeof userGroupMemberAdded | typeof userGroupMemberRemoved,
    work: (tx: Tx) => Promise<boolean>,
  ): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const group = await this.groups.lock(tx, id, usergroupid);
      const isChanged = await work(tx);
      if (!isChanged) return false;
      await this.outbox.record(tx, contract, {
        ...recordedBy(caller),
        data: { user_group: toUserGroupShape(group), user: { user_id, username } },
      });
      await this.rights.changed(tx);
      return true;
    });
  }
}
