import { Bool, Id, Text } from '../../rpc/argument-types.js';

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
