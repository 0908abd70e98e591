import { decidedBy, superAdmin } from '../../access/requirements.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import type { RpcCall } from '../../rpc/call.js';
import { userCreated, userDeleted, userUpdated } from '../../sdk/index.js';
import { UpdateUser } from './update-user.js';
import { UserEmailsService } from './user-emails.service.js';
import { UserNetworksService } from './user-networks.service.js';
import { UserPermissions } from './user-permissions.js';
import { UserReader } from './user-reader.js';
import {
  CreateUserArgs,
  DeleteUserArgs,
  GetUserArgs,
  GetUserPermissionsArgs,
  GetUsersArgs,
  UpdateUserArgs,
  UserEmailArgs,
  UserIpArgs,
} from './users.dto.js';
import { UsersService } from './users.service.js';
import { listOf } from '../../rpc/result-shapes.js';
import {
  ChangedNetworks,
  ChangedUser,
  CreatedUser,
  DeletedUser,
  User,
  UserDetails,
  UserPermissionsPage,
} from './users.results.js';

const ONESELF = decidedBy('any valid API key for oneself; super admin for others');

@RpcFamily('users')
export class UsersRpc {
  constructor(
    private readonly reader: UserReader,
    private readonly users: UsersService,
    private readonly updating: UpdateUser,
    private readonly emails: UserEmailsService,
    private readonly networks: UserNetworksService,
    private readonly permissions: UserPermissions,
  ) {}

  @RpcMethod('get_user', {
    requires: ONESELF,
    result: UserDetails,
    summary: 'Show a user with his effective permissions',
  })
  get(@Args() args: GetUserArgs, @Caller() call: RpcCall) {
    return this.reader.get(call, args.userid);
  }

  @RpcMethod('get_users', {
    requires: superAdmin(),
    result: listOf(User),
    summary: 'List users by name, without `default`; all of them, or page by page with `limit` and `cursor`',
  })
  list(@Args() args: GetUsersArgs) {
    return this.reader.list(args);
  }

  @RpcMethod('get_user_permissions', {
    requires: ONESELF,
    result: UserPermissionsPage,
    summary: 'List the rights of a user, an object an entry, each with where it comes from',
  })
  listPermissions(@Args() args: GetUserPermissionsArgs, @Caller() call: RpcCall) {
    return this.permissions.list(call, args);
  }

  @RpcMethod('create_user', {
    requires: superAdmin(),
    result: CreatedUser,
    emits: [userCreated],
    summary: 'Create a user and his first API key, which is shown only here',
  })
  create(@Args() args: CreateUserArgs, @Caller() call: RpcCall) {
    return this.users.create(call, args);
  }

  @RpcMethod('update_user', {
    requires: superAdmin(),
    result: ChangedUser,
    emits: [userUpdated],
    summary: 'Change what is given of a user',
  })
  update(@Args() args: UpdateUserArgs, @Caller() call: RpcCall) {
    return this.updating.run(call, args);
  }

  @RpcMethod('delete_user', {
    requires: superAdmin(),
    result: DeletedUser,
    emits: [userDeleted],
    summary: 'Delete a user who owns nothing',
  })
  delete(@Args() args: DeleteUserArgs, @Caller() call: RpcCall) {
    return this.users.delete(call, args.userid);
  }

  @RpcMethod('add_user_email', {
    requires: ONESELF,
    result: ChangedUser,
    emits: [userUpdated],
    summary: 'Give a user an additional address, shown in `emails` behind the primary one',
  })
  addEmail(@Args() args: UserEmailArgs, @Caller() call: RpcCall) {
    return this.emails.add(call, args);
  }

  @RpcMethod('delete_user_email', {
    requires: ONESELF,
    result: ChangedUser,
    emits: [userUpdated],
    summary: 'Take an additional address of a user away',
  })
  deleteEmail(@Args() args: UserEmailArgs, @Caller() call: RpcCall) {
    return this.emails.delete(call, args);
  }

  @RpcMethod('add_user_ip', {
    requires: superAdmin(),
    result: ChangedNetworks,
    emits: [userUpdated],
    summary: 'Limit a user to a network, beside those that he is limited to already; `get_ip` lists them',
  })
  addIp(@Args() args: UserIpArgs, @Caller() call: RpcCall) {
    return this.networks.add(call, args);
  }

  @RpcMethod('delete_user_ip', {
    requires: superAdmin(),
    result: ChangedNetworks,
    emits: [userUpdated],
    summary: 'Take a network of a user away; without any he may call from everywhere',
  })
  deleteIp(@Args() args: UserIpArgs, @Caller() call: RpcCall) {
    return this.networks.delete(call, args);
  }
}
