import { Bool, Id, Int, Text } from '../../rpc/argument-types.js';

const GROUP = { description: 'user group id or name' };
const NAME = {
  max: 255,
  description: 'letters, digits, blanks and `_ . @ + -`; unique whatever its case',
};

export class GetUserGroupArgs {
  @Id(GROUP)
  usergroupid!: number | string;

  @Bool({ optional: true, description: 'also `permissions`: who has which right on the group' })
  with_permissions = false;
}

export class GetUserGroupsArgs {
  @Bool({ optional: true, description: 'only active or only inactive groups; all when omitted' })
  active?: boolean;

  @Int({ optional: true, min: 1, max: 1000, description: 'how many at most; all when omitted' })
  limit?: number;

  @Int({ optional: true, min: 0, description: 'with `limit`: the last `users_group_id` of the page before' })
  cursor?: number;
}

export class CreateUserGroupArgs {
  @Text(NAME)
  group_name!: string;

  @Text({ optional: true, max: 10_000 })
  description = '';

  @Id({
    optional: true,
    description:
      'user id or name, who becomes admin of the group; others than the caller by super admins only',
  })
  owner?: number | string;

  @Bool({ optional: true, description: 'the rights of an inactive group reach nobody' })
  active = true;
}

export class UpdateUserGroupArgs {
  @Id(GROUP)
  usergroupid!: number | string;

  @Text({ optional: true, ...NAME })
  group_name?: string;

  @Text({ optional: true, max: 10_000 })
  description?: string;

  @Id({ optional: true, description: 'user id or name, by super admins only; gives no right on the group' })
  owner?: number | string;

  @Bool({ optional: true, description: 'the rights of an inactive group reach nobody' })
  active?: boolean;
}

export class DeleteUserGroupArgs {
  @Id(GROUP)
  usergroupid!: number | string;
}

export class UserGroupMemberArgs {
  @Id(GROUP)
  usergroupid!: number | string;

  @Id({ description: 'user id or name' })
  userid!: number | string;
}
