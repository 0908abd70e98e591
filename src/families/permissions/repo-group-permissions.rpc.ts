import { allOf, decidedBy, repoGroup } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import { permissionGranted, permissionRevoked } from '../../sdk/index.js';
import type { RepoGroupRecord } from '../repo-groups/repo-groups.directory.js';
import {
  GrantUserGroupToRepoGroupArgs,
  GrantUserToRepoGroupArgs,
  RevokeUserFromRepoGroupArgs,
  RevokeUserGroupFromRepoGroupArgs,
} from './repo-group-permissions.dto.js';
import { RepoGroupPermissions } from './repo-group-permissions.service.js';
import { ChangedRight } from './permissions.results.js';

const groupOf = (call: RpcCall) => call.objects.get('repogroupid') as RepoGroupRecord;

// The rights are looked at last, as old clients know it; a group that may not even be seen does not exist, though
const BOTH_GROUPS = allOf(
  repoGroup('read'),
  decidedBy('admin on the repository group `repogroupid` and read on the user group `usergroupid`'),
);

@RpcFamily('permissions')
export class RepoGroupPermissionsRpc {
  constructor(private readonly permissions: RepoGroupPermissions) {}

  @RpcMethod('grant_user_permission_to_repo_group', {
    requires: repoGroup('admin'),
    result: ChangedRight,
    emits: [permissionGranted],
    summary:
      'Give a user a level on a repository group, in place of the one he had; on request on all below it',
  })
  grantToUser(@Args() args: GrantUserToRepoGroupArgs, @Caller() call: RpcCall) {
    return this.permissions.grantToUser(call, groupOf(call), args);
  }

  @RpcMethod('revoke_user_permission_from_repo_group', {
    requires: repoGroup('admin'),
    result: ChangedRight,
    emits: [permissionRevoked],
    summary: "Take a user's own level on a repository group away; on request on all below it",
  })
  revokeFromUser(@Args() args: RevokeUserFromRepoGroupArgs, @Caller() call: RpcCall) {
    return this.permissions.revokeFromUser(call, groupOf(call), args);
  }

  @RpcMethod('grant_user_group_permission_to_repo_group', {
    requires: BOTH_GROUPS,
    result: ChangedRight,
    emits: [permissionGranted],
    summary: 'Give the members of a user group a level on a repository group; on request on all below it',
  })
  grantToUserGroup(@Args() args: GrantUserGroupToRepoGroupArgs, @Caller() call: RpcCall) {
    return this.permissions.grantToUserGroup(call, groupOf(call), args);
  }

  @RpcMethod('revoke_user_group_permission_from_repo_group', {
    requires: BOTH_GROUPS,
    result: ChangedRight,
    emits: [permissionRevoked],
    summary: "Take a user group's level on a repository group away; on request on all below it",
  })
  revokeFromUserGroup(@Args() args: RevokeUserGroupFromRepoGroupArgs, @Caller() call: RpcCall) {
    return this.permissions.revokeFromUserGroup(call, groupOf(call), args);
  }
}
