import { Id, Text } from '../../rpc/argument-types.js';

const PERM = {
  max: 64,
  description: 'usergroup.none, usergroup.read, usergroup.write or usergroup.admin',
};

export class RevokeFromUserArgs {
  @Id({ description: 'user group id or name' })
  usergroupid!: number | string;

  @Id({ description: 'user id or name; `default` for what everybody has' })
  userid!: number | string;
}

export class GrantToUserArgs extends RevokeFromUserArgs {
  @Text(PERM)
  perm!: string;
}

export class RevokeFromUserGroupArgs {
  @Id({ description: 'id or name of the user group that the right is on' })
  usergroupid!: number | string;

  @Id({ description: 'id or name of the user group whose members have it' })
  sourceusergroupid!: number | string;
}

export class GrantToUserGroupArgs extends RevokeFromUserGroupArgs {
  @Text(PERM)
  perm!: string;
}
