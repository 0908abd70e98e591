import { allOf, repo, superAdmin } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import type { RepoRecord } from '../repos/repo-record.js';
import { GrantUserPermissionArgs, RevokeUserPermissionArgs } from './permissions.dto.js';
import { PermissionsService } from './permissions.service.js';

@RpcFamily('permissions')
export class PermissionsRpc {
  constructor(private readonly permissions: PermissionsService) {}

  @RpcMethod('grant_user_permission', {
    requires: allOf(superAdmin(), repo('admin')),
    summary: 'Give a user a level on a repository, in place of the one he had',
  })
  grantToUser(@Args() args: GrantUserPermissionArgs, @Caller() call: RpcCall) {
    return this.permissions.grantToUser(call.objects.get('repoid') as RepoRecord, args.userid, args.perm);
  }

  @RpcMethod('revoke_user_permission', {
    requires: allOf(superAdmin(), repo('admin')),
    summary: "Take a user's own level on a repository away",
  })
  revokeFromUser(@Args() args: RevokeUserPermissionArgs, @Caller() call: RpcCall) {
    return this.permissions.revokeFromUser(call.objects.get('repoid') as RepoRecord, args.userid);
  }
}
