import { RpcFault } from '../../rpc/errors.js';
import { VcsError } from '../../vcs/vcs.js';

/** Refusals keep their own words; what version control said goes into `detail`. */
export function asFailure(error: unknown, failure: string): Error {
  if (!(error instanceof VcsError)) return error as Error;
  if (error.code === 'ABORTED')
    return new RpcFault('DEADLINE', 'Request deadline exceeded', {}, { cause: error });
  return new RpcFault('REFUSED', failure, { detail: error.message, code: error.code }, { cause: error });
}
