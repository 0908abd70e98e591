import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { doesNotExist } from '../../access/object-directory.js';
import { Database, type Tx } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import type { PermissionSubject } from '../../sdk/index.js';
import { splitName } from '../repo-groups/object-name.js';
import { SUBTREE_IDS, type RepoGroupRecord } from '../repo-groups/repo-groups.directory.js';
import { UserGroupsDirectory } from '../user-groups/user-groups.directory.js';
import { UsersDirectory } from '../users/users.directory.js';
import { ObjectGrants, orDeleted } from './object-grants.js';
import { requireLevel } from './permission-names.js';
import type {
  ApplyToChildren,
  GrantUserGroupToRepoGroupArgs,
  GrantUserToRepoGroupArgs,
  RevokeUserFromRepoGroupArgs,
  RevokeUserGroupFromRepoGroupArgs,
} from './repo-group-permissions.dto.js';
import { SUBJECT_WORDS, userGroupSubject, userSubject, type RightAnswer } from './subject.js';

type Change = (tx: Tx, kind: 'repo' | 'repoGroup', ids: readonly number[]) => Promise<void>;
interface Named extends Record<string, unknown> {
  id: number;
  name: string;
}

/** Rights on a repository group and, when asked, on what lies below it, at any depth. */
@Injectable()
export class RepoGroupPermissions {
  constructor(
    private readonly db: Database,
    private readonly access: Access,
    private readonly users: UsersDirectory,
    private readonly userGroups: UserGroupsDirectory,
    private readonly grants: ObjectGrants,
  ) {}

  async grantToUser(
    caller: Caller,
    group: RepoGroupRecord,
    args: GrantUserToRepoGroupArgs,
  ): Promise<RightAnswer> {
    const user = userSubject(await this.users.require(args.userid));
    return this.grant(caller, group, user, args, args.userid);
  }

  async revokeFromUser(
    caller: Caller,
    group: RepoGroupRecord,
    args: RevokeUserFromRepoGroupArgs,
  ): Promise<RightAnswer> {
    const user = userSubject(await this.users.require(args.userid));
    return this.revoke(caller, group, user, args.apply_to_children);
  }

  /** Order of refusals as old clients know it: the permission, the user group, then the rights of the caller. */
  async grantToUserGroup(
    caller: Caller,
    group: RepoGroupRecord,
    args: GrantUserGroupToRepoGroupArgs,
  ): Promise<RightAnswer> {
    requireLevel('repoGroup', args.perm);
    const subject = await this.userGroup(caller, group, args);
    return this.grant(caller, group, subject, args, args.usergroupid);
  }

  async revokeFromUserGroup(
    caller: Caller,
    group: RepoGroupRecord,
    args: RevokeUserGroupFromRepoGroupArgs,
  ): Promise<RightAnswer> {
    return this.revoke(caller, group, await this.userGroup(caller, group, args), args.apply_to_children);
  }

  private async userGroup(
    { principal }: Caller,
    group: RepoGroupRecord,
    args: RevokeUserGroupFromRepoGroupArgs,
  ): Promise<PermissionSubject> {
    const found = await this.userGroups.find(args.usergroupid);
    if (!found || !(await this.access.has(principal, 'userGroup', found.id, 'read')))
      throw doesNotExist('userGroup', args.usergroupid);
    if (!(await this.access.has(principal, 'repoGroup', group.id, 'admin')))
      throw doesNotExist('repoGroup', args.repogroupid);
    return userGroupSubject(found);
  }

  private async grant(
    caller: Caller,
    group: RepoGroupRecord,
    subject: PermissionSubject,
    { perm, apply_to_children }: { perm: string; apply_to_children: ApplyToChildren },
    given: number | string,
  ): Promise<RightAnswer> {
    const level = requireLevel('repoGroup', perm);
    const [, base] = splitName(group.group_name);
    const words = SUBJECT_WORDS[subject.type];
    await this.apply(caller, group, subject, apply_to_children, (tx, kind, ids) =>
      this.grants.grant(tx, caller, kind, ids, subject, level),
    ).catch(orDeleted(`failed to edit permission for ${words}: \`${given}\` in repo group: \`${base}\``));
    return {
      msg: `Granted perm: \`${perm}\` (recursive:${apply_to_children}) for ${words}: \`${subject.name}\` in repo group: \`${base}\``,
      success: true,
    };
  }

  private async revoke(
    caller: Caller,
    group: RepoGroupRecord,
    subject: PermissionSubject,
    applyToChildren: ApplyToChildren,
  ): Promise<RightAnswer> {
    const [, base] = splitName(group.group_name);
    await this.apply(caller, group, subject, applyToChildren, (tx, kind, ids) =>
      this.grants.revoke(tx, caller, kind, ids, subject),
    );
    return {
      msg: `Revoked perm (recursive:${applyToChildren}) for ${SUBJECT_WORDS[subject.type]}: \`${subject.name}\` in repo group: \`${base}\``,
      success: true,
    };
  }

  private apply(
    caller: Caller,
    group: RepoGroupRecord,
    subject: PermissionSubject,
    applyToChildren: ApplyToChildren,
    change: Change,
  ): Promise<void> {
    return this.db.transaction(async (tx) => {
      const groups = await groupsOf(tx, group, applyToChildren);
      const repos = await reposOf(tx, group, applyToChildren, subject);
      for (const { name } of groups) this.access.requireScope(caller.principal, 'repoGroup', name);
      for (const { name } of repos) this.access.requireScope(caller.principal, 'repo', name);
      await change(tx, 'repoGroup', idsOf(groups));
      if (repos.length > 0) await change(tx, 'repo', idsOf(repos));
    });
  }
}

const idsOf = (objects: readonly Named[]) => objects.map(({ id }) => id);

async function groupsOf(tx: Tx, group: RepoGroupRecord, apply: ApplyToChildren): Promise<Named[]> {
  if (apply === 'none' || apply === 'repos') return [{ id: group.group_id, name: group.group_name }];
  return tx.query<Named>(
    `SELECT group_id AS id, group_name AS name FROM repo_group WHERE group_id = ANY (${SUBTREE_IDS('$1::int')})`,
    [group.group_id],
  );
}

/** What is private stays closed to everybody: a right of `default` on it comes by name only. */
async function reposOf(
  tx: Tx,
  group: RepoGroupRecord,
  apply: ApplyToChildren,
  subject: PermissionSubject,
): Promise<Named[]> {
  if (apply === 'none' || apply === 'groups') return [];
  const isDefault = subject.type === 'user' && subject.id === DEFAULT_USER_ID;
  return tx.query<Named>(
    `SELECT repo_id AS id, repo_name AS name FROM repo
     WHERE group_id = ANY (${SUBTREE_IDS('$1::int')}) AND NOT ($2 AND private)`,
    [group.group_id, isDefault],
  );
}
