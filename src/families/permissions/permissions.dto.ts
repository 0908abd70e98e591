import { Id, Text } from '../../rpc/argument-types.js';

const REPO = { description: 'repository id or full name' };
const PERM = {
  max: 64,
  description: 'repository.none, repository.read, repository.write or repository.admin',
};

export class RevokeUserPermissionArgs {
  @Id(REPO)
  repoid!: number | string;

  @Id({ description: 'user id or name; `default` for what everybody has' })
  userid!: number | string;
}

export class GrantUserPermissionArgs extends RevokeUserPermissionArgs {
  @Text(PERM)
  perm!: string;
}

export class RevokeUserGroupPermissionArgs {
  @Id(REPO)
  repoid!: number | string;

  @Id({ description: 'user group id or name' })
  usergroupid!: number | string;
}

export class GrantUserGroupPermissionArgs extends RevokeUserGroupPermissionArgs {
  @Text(PERM)
  perm!: string;
}
