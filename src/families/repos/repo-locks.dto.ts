import { Bool, Id } from '../../rpc/argument-types.js';
import { RepoArgs, RepoPageArgs } from './repos.dto.js';

export class LockArgs extends RepoArgs {
  @Bool({ optional: true, description: 'whether to lock or to unlock; when omitted, the state is shown' })
  locked?: boolean;

  @Id({
    optional: true,
    description: 'user id or name of the one it is locked for; super admins only, the caller when omitted',
  })
  userid?: number | string;
}

export class GetLocksArgs extends RepoPageArgs {
  @Id({
    optional: true,
    description: 'only what this user holds, by user id or name; others than oneself: super admins only',
  })
  userid?: number | string;
}
