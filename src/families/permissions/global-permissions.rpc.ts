import { superAdmin } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import { permissionGranted, permissionRevoked } from '../../sdk/index.js';
import { GetGlobalPermissionsArgs, GlobalPermissionArgs } from './global-permissions.dto.js';
import { GlobalPermissions } from './global-permissions.service.js';
import { listOf } from '../../rpc/result-shapes.js';
import { ChangedRight, GlobalPermission } from './permissions.results.js';

@RpcFamily('permissions')
export class GlobalPermissionsRpc {
  constructor(private readonly permissions: GlobalPermissions) {}

  @RpcMethod('get_global_permissions', {
    requires: superAdmin(),
    result: listOf(GlobalPermission),
    summary:
      'List the stored global permissions of users and user groups; what counts for one user, `get_user_permissions` shows',
  })
  list(@Args() args: GetGlobalPermissionsArgs) {
    return this.permissions.list(args);
  }

  @RpcMethod('grant_global_permission', {
    requires: superAdmin(),
    result: ChangedRight,
    emits: [permissionGranted],
    summary:
      'Give a user, a user group or everybody (`default`) a global permission, in place of the other one of its kind; the highest of all that reach a user counts',
  })
  grant(@Args() args: GlobalPermissionArgs, @Caller() call: RpcCall) {
    return this.permissions.grant(call, args);
  }

  @RpcMethod('revoke_global_permission', {
    requires: superAdmin(),
    result: ChangedRight,
    emits: [permissionRevoked],
    summary: 'Take a stored global permission away',
  })
  revoke(@Args() args: GlobalPermissionArgs, @Caller() call: RpcCall) {
    return this.permissions.revoke(call, args);
  }
}
