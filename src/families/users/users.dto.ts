import { Bool, Id, Int, OneOf, Text } from '../../rpc/argument-types.js';
import { OBJECT_TYPES, type ObjectType } from './permission-origins.js';

export class GetUserArgs {
  @Id({ optional: true, description: 'user id or name; the caller when omitted' })
  userid?: number | string;
}

export class GetUsersArgs {
  @Bool({ optional: true, description: 'only active or only inactive users; all when omitted' })
  active?: boolean;

  @Int({ optional: true, min: 1, max: 1000, description: 'how many at most; all when omitted' })
  limit?: number;

  @Text({ optional: true, max: 255, description: 'with `limit`: the last `username` of the page before' })
  cursor?: string;
}

export class CreateUserArgs {
  @Text({ max: 255, description: 'letters, digits and `_ . @ + -`; unique whatever its case' })
  username!: string;

  @Text({ max: 255, description: 'unique whatever its case, also among additional addresses' })
  email!: string;

  @Text({ optional: true, max: 1024, secret: true, description: 'empty: no sign-in by password' })
  password = '';

  @Text({ optional: true, max: 255 })
  firstname = '';

  @Text({ optional: true, max: 255 })
  lastname = '';

  @Bool({ optional: true, description: 'an inactive user cannot use his keys' })
  active = true;

  @Bool({ optional: true, description: 'super admin' })
  admin = false;

  @Text({ optional: true, max: 255, description: 'who vouches for the account, e.g. `ldap`' })
  extern_type = 'internal';

  @Text({ optional: true, max: 255, description: 'its name there, e.g. the LDAP distinguished name' })
  extern_name = '';
}

export class UpdateUserArgs {
  @Id({ description: 'user id or name' })
  userid!: number | string;

  @Text({
    optional: true,
    max: 255,
    description: 'letters, digits and `_ . @ + -`; unique whatever its case',
  })
  username?: string;

  @Text({ optional: true, max: 255, description: 'unique whatever its case; an additional address moves up' })
  email?: string;

  @Text({ optional: true, max: 1024, secret: true, description: 'empty: no sign-in by password' })
  password?: string;

  @Text({ optional: true, max: 255 })
  firstname?: string;

  @Text({ optional: true, max: 255 })
  lastname?: string;

  @Bool({ optional: true, description: 'an inactive user cannot use his keys' })
  active?: boolean;

  @Bool({ optional: true, description: 'super admin' })
  admin?: boolean;

  @Text({ optional: true, max: 255, description: 'who vouches for the account, e.g. `ldap`' })
  extern_type?: string;

  @Text({ optional: true, max: 255, description: 'its name there, e.g. the LDAP distinguished name' })
  extern_name?: string;
}

export class DeleteUserArgs {
  @Id({ description: 'user id or name' })
  userid!: number | string;
}

export class UserEmailArgs {
  @Text({ max: 255, description: 'an additional address; unique whatever its case' })
  email!: string;

  @Id({ optional: true, description: 'user id or name; the caller when omitted' })
  userid?: number | string;
}

export class UserIpArgs {
  @Id({ description: "user id or name; the networks of `default` are added to everybody's" })
  userid!: number | string;

  @Text({ max: 64, description: 'an address or a CIDR network such as 10.0.0.0/24' })
  ip_addr!: string;
}

export class GetUserPermissionsArgs {
  @Id({ optional: true, description: 'user id or name; the caller when omitted' })
  userid?: number | string;

  @OneOf(OBJECT_TYPES, { optional: true, description: 'only rights on objects of this type' })
  object_type?: ObjectType;

  @Int({ optional: true, min: 1, max: 1000, description: 'how many objects at most; all when omitted' })
  limit?: number;

  @Text({ optional: true, max: 2048, description: '`next` of the page before' })
  cursor?: string;
}
