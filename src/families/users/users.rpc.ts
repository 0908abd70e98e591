import { authenticated, superAdmin } from '../../access/requirements.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import type { RpcCall } from '../../rpc/call.js';
import { CreateUserArgs, DeleteUserArgs, GetUserArgs, GetUsersArgs, UpdateUserArgs } from './users.dto.js';
import { UserReader } from './user-reader.js';
import { UsersService } from './users.service.js';

@RpcFamily('users')
export class UsersRpc {
  constructor(
    private readonly reader: UserReader,
    private readonly users: UsersService,
  ) {}

  @RpcMethod('get_user', { requires: authenticated(), summary: 'Show a user with his effective permissions' })
  get(@Args() args: GetUserArgs, @Caller() call: RpcCall) {
    return this.reader.get(call, args.userid);
  }

  @RpcMethod('get_users', { requires: superAdmin(), summary: 'List all users by name, without `default`' })
  list(@Args() _args: GetUsersArgs) {
    return this.reader.list();
  }

  @RpcMethod('create_user', {
    requires: superAdmin(),
    summary: 'Create a user and his first API key, which is shown only here',
  })
  create(@Args() args: CreateUserArgs) {
    return this.users.create(args);
  }

  @RpcMethod('update_user', { requires: superAdmin(), summary: 'Change what is given of a user' })
  update(@Args() args: UpdateUserArgs) {
    return this.users.update(args);
  }

  @RpcMethod('delete_user', { requires: superAdmin(), summary: 'Delete a user who owns nothing' })
  delete(@Args() args: DeleteUserArgs, @Caller() call: RpcCall) {
    return this.users.delete(call, args.userid);
  }
}
