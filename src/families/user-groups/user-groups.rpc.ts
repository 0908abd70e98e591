import { allOf, authenticated, decidedBy, global, userGroup } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import {
  permissionGranted,
  permissionRevoked,
  userGroupCreated,
  userGroupDeleted,
  userGroupMemberAdded,
  userGroupMemberRemoved,
  userGroupUpdated,
} from '../../sdk/index.js';
import { UserGroupMembersService } from './user-group-members.service.js';
import { UserGroupReader } from './user-group-reader.js';
import {
  GrantToUserArgs,
  GrantToUserGroupArgs,
  RevokeFromUserArgs,
  RevokeFromUserGroupArgs,
} from './user-group-rights.dto.js';
import { UserGroupRightsService } from './user-group-rights.service.js';
import type { UserGroupRecord } from './user-groups.directory.js';
import {
  CreateUserGroupArgs,
  DeleteUserGroupArgs,
  GetUserGroupArgs,
  GetUserGroupsArgs,
  UpdateUserGroupArgs,
  UserGroupMemberArgs,
} from './user-groups.dto.js';
import { UserGroupsService } from './user-groups.service.js';
import { listOf } from '../../rpc/result-shapes.js';
import {
  ChangedMembership,
  ChangedRight,
  ChangedUserGroup,
  DeletedUserGroup,
  UserGroup,
  UserGroupDetails,
} from './user-groups.results.js';

const MEMBERSHIP = decidedBy('admin on the user group `usergroupid`; the user is looked for first');
const BOTH_GROUPS = allOf(userGroup('admin'), userGroup('read', 'sourceusergroupid'));

const groupOf = (call: RpcCall, argument = 'usergroupid') => call.objects.get(argument) as UserGroupRecord;

@RpcFamily('user-groups')
export class UserGroupsRpc {
  constructor(
    private readonly groups: UserGroupsService,
    private readonly reader: UserGroupReader,
    private readonly members: UserGroupMembersService,
    private readonly rights: UserGroupRightsService,
  ) {}

  @RpcMethod('get_user_group', {
    requires: userGroup('read'),
    result: UserGroupDetails,
    summary: 'Show a user group with its members',
  })
  get(@Args() args: GetUserGroupArgs, @Caller() call: RpcCall) {
    return this.reader.get(groupOf(call), args);
  }

  @RpcMethod('get_user_groups', {
    requires: authenticated(),
    result: listOf(UserGroup),
    summary: 'List the user groups that the caller may read; all, or page by page with `limit` and `cursor`',
  })
  list(@Args() args: GetUserGroupsArgs, @Caller() call: RpcCall) {
    return this.reader.list(call, args);
  }

  @RpcMethod('create_user_group', {
    requires: global('hg.usergroup.create.true'),
    result: ChangedUserGroup,
    emits: [userGroupCreated],
    summary: 'Create a user group; its owner becomes its admin',
  })
  create(@Args() args: CreateUserGroupArgs, @Caller() call: RpcCall) {
    return this.groups.create(call, args);
  }

  @RpcMethod('update_user_group', {
    requires: userGroup('admin'),
    result: ChangedUserGroup,
    emits: [userGroupUpdated],
    summary: 'Change what is given of a user group',
  })
  update(@Args() args: UpdateUserGroupArgs, @Caller() call: RpcCall) {
    return this.groups.update(call, groupOf(call), args);
  }

  @RpcMethod('delete_user_group', {
    requires: userGroup('admin'),
    result: DeletedUserGroup,
    emits: [userGroupDeleted],
    summary: 'Delete a user group that has no right on any repository',
  })
  delete(@Args() args: DeleteUserGroupArgs, @Caller() call: RpcCall) {
    return this.groups.delete(call, groupOf(call), args.usergroupid);
  }

  @RpcMethod('add_user_to_user_group', {
    requires: MEMBERSHIP,
    result: ChangedMembership,
    emits: [userGroupMemberAdded],
    summary: 'Make a user a member of a user group; `success` is false when he was one already',
  })
  addMember(@Args() args: UserGroupMemberArgs, @Caller() call: RpcCall) {
    return this.members.add(call, args);
  }

  @RpcMethod('remove_user_from_user_group', {
    requires: MEMBERSHIP,
    result: ChangedMembership,
    emits: [userGroupMemberRemoved],
    summary: 'End a membership in a user group; `success` is false when there was none',
  })
  removeMember(@Args() args: UserGroupMemberArgs, @Caller() call: RpcCall) {
    return this.members.remove(call, args);
  }

  @RpcMethod('grant_user_permission_to_user_group', {
    requires: userGroup('admin'),
    result: ChangedRight,
    emits: [permissionGranted],
    summary: 'Give a user a level on a user group, in place of the one he had',
  })
  grantToUser(@Args() args: GrantToUserArgs, @Caller() call: RpcCall) {
    return this.rights.grantToUser(call, groupOf(call), args);
  }

  @RpcMethod('revoke_user_permission_from_user_group', {
    requires: userGroup('admin'),
    result: ChangedRight,
    emits: [permissionRevoked],
    summary: "Take a user's own level on a user group away",
  })
  revokeFromUser(@Args() args: RevokeFromUserArgs, @Caller() call: RpcCall) {
    return this.rights.revokeFromUser(call, groupOf(call), args);
  }

  @RpcMethod('grant_user_group_permission_to_user_group', {
    requires: BOTH_GROUPS,
    result: ChangedRight,
    emits: [permissionGranted],
    summary: 'Give the members of a user group a level on another one',
  })
  grantToUserGroup(@Args() args: GrantToUserGroupArgs, @Caller() call: RpcCall) {
    return this.rights.grantToUserGroup(call, groupOf(call), groupOf(call, 'sourceusergroupid'), args);
  }

  @RpcMethod('revoke_user_group_permission_from_user_group', {
    requires: BOTH_GROUPS,
    result: ChangedRight,
    emits: [permissionRevoked],
    summary: 'Take the level of a user group on another one away',
  })
  revokeFromUserGroup(@Args() args: RevokeFromUserGroupArgs, @Caller() call: RpcCall) {
    return this.rights.revokeFromUserGroup(call, groupOf(call), groupOf(call, 'sourceusergroupid'), args);
  }
}
