import { Id, OneOf, Text } from '../../rpc/argument-types.js';

export const APPLY_TO_CHILDREN = ['none', 'repos', 'groups', 'all'] as const;
export type ApplyToChildren = (typeof APPLY_TO_CHILDREN)[number];

const PERM = { max: 64, description: 'group.none, group.read, group.write or group.admin' };

class RepoGroupPermissionArgs {
  @Id({ description: 'repository group id or full name' })
  repogroupid!: number | string;
}

const Apply = () =>
  OneOf(APPLY_TO_CHILDREN, {
    optional: true,
    description:
      'also on all repositories (as `repository.*`), on all groups or on both below it, at any depth; private repositories are left out when the user is `default`',
  });

export class RevokeUserFromRepoGroupArgs extends RepoGroupPermissionArgs {
  @Id({ description: 'user id or name; `default` for what everybody has' })
  userid!: number | string;

  @Apply()
  apply_to_children: ApplyToChildren = 'none';
}

export class GrantUserToRepoGroupArgs extends RepoGroupPermissionArgs {
  @Id({ description: 'user id or name; `default` for what everybody has' })
  userid!: number | string;

  @Text(PERM)
  perm!: string;

  @Apply()
  apply_to_children: ApplyToChildren = 'none';
}

export class RevokeUserGroupFromRepoGroupArgs extends RepoGroupPermissionArgs {
  @Id({ description: 'user group id or name' })
  usergroupid!: number | string;

  @Apply()
  apply_to_children: ApplyToChildren = 'none';
}

export class GrantUserGroupToRepoGroupArgs extends RepoGroupPermissionArgs {
  @Id({ description: 'user group id or name' })
  usergroupid!: number | string;

  @Text(PERM)
  perm!: string;

  @Apply()
  apply_to_children: ApplyToChildren = 'none';
}
