import { Id } from '../../rpc/argument-types.js';

export class GetIpArgs {
  @Id({ optional: true, description: 'user whose allowed addresses are listed; the caller when omitted' })
  userid?: number | string;
}

export class GetServerInfoArgs {}
