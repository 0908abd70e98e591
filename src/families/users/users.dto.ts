import { Bool, Id, Text } from '../../rpc/argument-types.js';

export class GetUserArgs {
  @Id({ optional: true, description: 'user id or name; the caller when omitted' })
  userid?: number | string;
}

export class GetUsersArgs {}

export class CreateUserArgs {
  @Text({ max: 255, description: 'letters, digits and `_ . @ + -`; unique whatever its case' })
  username!: string;

  @Text({ max: 255, description: 'unique whatever its case' })
  email!: string;

  @Text({ optional: true, max: 1024, description: 'empty: no sign-in by password' })
  password = '';

  @Text({ optional: true, max: 255 })
  firstname = '';

  @Text({ optional: true, max: 255 })
  lastname = '';

  @Bool({ optional: true })
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

  @Text({ optional: true, max: 255 })
  username?: string;

  @Text({ optional: true, max: 255 })
  email?: string;

  @Text({ optional: true, max: 1024 })
  password?: string;

  @Text({ optional: true, max: 255 })
  firstname?: string;

  @Text({ optional: true, max: 255 })
  lastname?: string;

  @Bool({ optional: true })
  active?: boolean;

  @Bool({ optional: true })
  admin?: boolean;

  @Text({ optional: true, max: 255 })
  extern_type?: string;

  @Text({ optional: true, max: 255 })
  extern_name?: string;
}

export class DeleteUserArgs {
  @Id({ description: 'user id or name' })
  userid!: number | string;
}
