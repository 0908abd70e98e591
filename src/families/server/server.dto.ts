import { Allow } from 'class-validator';
import { Id, StringList } from '../../rpc/argument-types.js';
import { describeArgument } from '../../rpc/arguments/description.js';

export class TestArgs {
  @Allow()
  @describeArgument({
    coercion: 'none',
    optional: false,
    nullable: true,
    secret: false,
    description: 'any JSON value',
  })
  args: unknown;
}

export class GetIpArgs {
  @Id({ optional: true, description: 'user whose allowed addresses are listed; the caller when omitted' })
  userid?: number | string;
}

export class GetServerInfoArgs {}

export class GetMethodArgs {
  @StringList({ max: 100, optional: true, description: 'names of methods; `*` stands for any characters' })
  pattern: string[] = ['*'];
}
