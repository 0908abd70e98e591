import { Id, Text } from '../../rpc/argument-types.js';

export class RevokeUserPermissionArgs {
  @Id({ description: 'repository id or full name' })
  repoid!: number | string;

  @Id({ description: 'user id or name; `default` for what everybody has' })
  userid!: number | string;
}

export class GrantUserPermissionArgs extends RevokeUserPermissionArgs {
  @Text({ max: 64, description: 'repository.none, repository.read, repository.write or repository.admin' })
  perm!: string;
}
