import { DIALECTS, type Dialect } from '../../config/settings.js';
import { Id, Int, OneOf, StringList, Text } from '../../rpc/argument-types.js';

export class CreateApiKeyArgs {
  @Id({ optional: true, description: 'whose key; the caller when omitted, others by super admins only' })
  userid?: number | string;

  @Text({ optional: true, max: 255, description: 'what the key is for' })
  description = '';

  @Int({ optional: true, min: -1, max: 5_256_000, description: 'minutes; -1 never ends' })
  lifetime = -1;

  @OneOf(DIALECTS, {
    optional: true,
    description: 'dialect of answers to this key; the default of the server when omitted',
  })
  dialect?: Dialect;

  @StringList({
    optional: true,
    description:
      '`read`, method names or globs, `repo:<glob>`, `group:<glob>`; all rights of the user when omitted',
  })
  scopes?: string[];

  @StringList({
    optional: true,
    description: 'addresses or CIDR networks that may use the key; any when omitted',
  })
  ips?: string[];
}

export class GetApiKeysArgs {
  @Id({ optional: true, description: 'whose keys; the caller when omitted, others by super admins only' })
  userid?: number | string;
}

export class DeleteApiKeyArgs {
  @Int({ min: 1, description: 'id as `get_api_keys` shows it' })
  api_key_id!: number;
}

export class RotateApiKeyArgs {
  @Int({ min: 1, description: 'id as `get_api_keys` shows it' })
  api_key_id!: number;

  @Int({
    optional: true,
    min: 0,
    max: 7 * 24 * 60,
    description: 'minutes that the old key keeps working, at most 7 days; it stops at once when omitted',
  })
  overlap = 0;
}
