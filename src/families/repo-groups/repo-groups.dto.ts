import { Bool, Id, Int, Text } from '../../rpc/argument-types.js';

const WAIT = {
  optional: true,
  description:
    'false: answers at once with the `job_id` of the move or deletion, see `get_job`; true: waits as long as the call may take',
};

export class RepoGroupArgs {
  @Id({ description: 'repository group id or full name' })
  repogroupid!: number | string;
}

export class GetRepoGroupsArgs {
  @Int({ optional: true, min: 1, max: 10_000, description: 'at most so many; all when omitted' })
  limit?: number;

  @Text({
    optional: true,
    max: 1024,
    description: 'only groups whose full name comes after this one: the last of the page before',
  })
  cursor?: string;
}

export class CreateRepoGroupArgs {
  @Text({ max: 255, description: 'last part of the name, without `/`; `parent` says where' })
  group_name!: string;

  @Text({ optional: true, max: 10_000, description: 'the name when empty' })
  description = '';

  @Id({ optional: true, description: 'user id or name; the caller when omitted' })
  owner?: number | string;

  @Id({
    optional: true,
    description: 'repository group to create it in, by id or full name; at the top when omitted',
  })
  parent?: number | string;

  @Bool({ optional: true, description: 'take over the rights of the parent' })
  copy_permissions = false;
}

export class UpdateRepoGroupArgs extends RepoGroupArgs {
  @Text({ optional: true, max: 255, description: 'new last part of the name, without `/`' })
  group_name?: string;

  @Text({ optional: true, max: 10_000 })
  description?: string;

  @Id({ optional: true, description: 'user id or name; the new owner gets no rights by it' })
  owner?: number | string;

  @Id({
    optional: true,
    description: 'repository group to move to, by id or full name; `""` moves to the top',
  })
  parent?: number | string;

  @Bool(WAIT)
  wait = true;
}

export class DeleteRepoGroupArgs extends RepoGroupArgs {
  @Bool({
    optional: true,
    description: 'delete the repositories and groups below too; without it a group must be empty',
  })
  recursive = false;

  @Bool(WAIT)
  wait = true;
}
