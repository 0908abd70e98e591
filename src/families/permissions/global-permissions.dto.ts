import { Id, Int, Text } from '../../rpc/argument-types.js';

export class GetGlobalPermissionsArgs {
  @Id({
    optional: true,
    description: 'only those of this user, by id or name; `default` for what everybody has',
  })
  userid?: number | string;

  @Id({ optional: true, description: 'only those of this user group, by id or name' })
  usergroupid?: number | string;

  @Int({ optional: true, min: 1, max: 10_000, description: 'at most so many; all when omitted' })
  limit?: number;

  @Int({
    optional: true,
    min: 1,
    description: 'only those after this `permission_id`: the last of the page before',
  })
  cursor?: number;
}

export class GlobalPermissionArgs {
  @Id({ optional: true, description: 'user id or name; `default` for everybody; give this or `usergroupid`' })
  userid?: number | string;

  @Id({ optional: true, description: 'user group id or name' })
  usergroupid?: number | string;

  @Text({
    max: 64,
    description:
      'hg.create.none|repository, hg.fork.none|repository, hg.usergroup.create.false|true; of `default` also hg.register.*, hg.extern_activate.*, and what new objects give everybody: repository.*, group.*, usergroup.*',
  })
  perm!: string;
}
