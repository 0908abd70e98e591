import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import type { PermissionSubject } from '../../sdk/index.js';
import type { RepoRecord } from '../repos/repo-record.js';
import type { UserGroupRecord } from '../user-groups/user-groups.directory.js';
import { UsersDirectory } from '../users/users.directory.js';
import { ObjectGrants, orDeleted } from './object-grants.js';
import { requireLevel } from './permission-names.js';
import type {
  GrantUserGroupPermissionArgs,
  GrantUserPermissionArgs,
  RevokeUserPermissionArgs,
} from './permissions.dto.js';
import { SUBJECT_WORDS, userGroupSubject, userSubject, type RightAnswer } from './subject.js';

/** Rights on one repository. */
@Injectable()
export class RepoPermissions {
  constructor(
    private readonly db: Database,
    private readonly users: UsersDirectory,
    private readonly grants: ObjectGrants,
  ) {}

  async grantToUser(caller: Caller, repo: RepoRecord, args: GrantUserPermissionArgs): Promise<RightAnswer> {
    const user = userSubject(await this.users.require(args.userid));
    const failure = `failed to edit permission for user: \`${args.userid}\` in repo: \`${args.repoid}\``;
    return this.grant(caller, repo, user, args.perm, failure);
  }

  async revokeFromUser(
    caller: Caller,
    repo: RepoRecord,
    args: RevokeUserPermissionArgs,
  ): Promise<RightAnswer> {
    const user = userSubject(await this.users.require(args.userid));
    return this.revoke(caller, repo, user);
  }

  async grantToUserGroup(
    caller: Caller,
    repo: RepoRecord,
    group: UserGroupRecord,
    args: GrantUserGroupPermissionArgs,
  ): Promise<RightAnswer> {
    const failure = `failed to edit permission for user group: \`${args.usergroupid}\` in repo: \`${repo.repo_name}\``;
    return this.grant(caller, repo, userGroupSubject(group), args.perm, failure);
  }

  async revokeFromUserGroup(caller: Caller, repo: RepoRecord, group: UserGroupRecord): Promise<RightAnswer> {
    return this.revoke(caller, repo, userGroupSubject(group));
  }

  private async grant(
    caller: Caller,
    repo: RepoRecord,
    subject: PermissionSubject,
    permission: string,
    failure: string,
  ): Promise<RightAnswer> {
    const level = requireLevel('repo', permission);
    await this.db
      .transaction((tx) => this.grants.grant(tx, caller, 'repo', [repo.repo_id], subject, level))
      .catch(orDeleted(failure));
    return {
      msg: `Granted perm: \`${permission}\` for ${SUBJECT_WORDS[subject.type]}: \`${subject.name}\` in repo: \`${repo.repo_name}\``,
      success: true,
    };
  }

  private async revoke(caller: Caller, repo: RepoRecord, subject: PermissionSubject): Promise<RightAnswer> {
    await this.db.transaction((tx) => this.grants.revoke(tx, caller, 'repo', [repo.repo_id], subject));
    return {
      msg: `Revoked perm for ${SUBJECT_WORDS[subject.type]}: \`${subject.name}\` in repo: \`${repo.repo_name}\``,
      success: true,
    };
  }
}
