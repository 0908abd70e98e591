import { allOf, repo, superAdmin, userGroup } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import { permissionGranted, permissionRevoked } from '../../sdk/index.js';
import type { RepoRecord } from '../repos/repo-record.js';
import type { UserGroupRecord } from '../user-groups/user-groups.directory.js';
import {
  GrantUserGroupPermissionArgs,
  GrantUserPermissionArgs,
  RevokeUserGroupPermissionArgs,
  RevokeUserPermissionArgs,
} from './permissions.dto.js';
import { RepoPermissions } from './repo-permissions.service.js';
import { ChangedRight } from './permissions.results.js';

const repoOf = (call: RpcCall) => call.objects.get('repoid') as RepoRecord;
const userGroupOf = (call: RpcCall) => call.objects.get('usergroupid') as UserGroupRecord;

@RpcFamily('permissions')
export class PermissionsRpc {
  constructor(private readonly permissions: RepoPermissions) {}

  @RpcMethod('grant_user_permission', {
    requires: allOf(superAdmin(), repo('admin')),
    result: ChangedRight,
    emits: [permissionGranted],
    summary: 'Give a user a level on a repository, in place of the one he had',
  })
  grantToUser(@Args() args: GrantUserPermissionArgs, @Caller() call: RpcCall) {
    return this.permissions.grantToUser(call, repoOf(call), args);
  }

  @RpcMethod('revoke_user_permission', {
    requires: allOf(superAdmin(), repo('admin')),
    result: ChangedRight,
    emits: [permissionRevoked],
    summary: "Take a user's own level on a repository away",
  })
  revokeFromUser(@Args() args: RevokeUserPermissionArgs, @Caller() call: RpcCall) {
    return this.permissions.revokeFromUser(call, repoOf(call), args);
  }

  @RpcMethod('grant_user_group_permission', {
    requires: allOf(repo('admin'), userGroup('read')),
    result: ChangedRight,
    emits: [permissionGranted],
    summary: 'Give the members of a user group a level on a repository, in place of the one it had',
  })
  grantToUserGroup(@Args() args: GrantUserGroupPermissionArgs, @Caller() call: RpcCall) {
    return this.permissions.grantToUserGroup(call, repoOf(call), userGroupOf(call), args);
  }

  @RpcMethod('revoke_user_group_permission', {
    requires: allOf(repo('admin'), userGroup('read')),
    result: ChangedRight,
    emits: [permissionRevoked],
    summary: "Take a user group's level on a repository away",
  })
  revokeFromUserGroup(@Args() _args: RevokeUserGroupPermissionArgs, @Caller() call: RpcCall) {
    return this.permissions.revokeFromUserGroup(call, repoOf(call), userGroupOf(call));
  }
}
