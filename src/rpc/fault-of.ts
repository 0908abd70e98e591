import { RpcException } from '@nestjs/microservices';
import { RpcFault, denied } from './errors.js';

/** Whatever was thrown, as a fault. What nobody expected tells the caller nothing; the log gets all of it. */
export function toFault(error: unknown): RpcFault {
  if (error instanceof RpcFault) return error;
  // What Nest throws when a guard answers false without a reason of its own.
  if (error instanceof RpcException && error.message === 'Forbidden resource') return denied('');
  if (isOutage(error))
    return new RpcFault('UNAVAILABLE', 'The database cannot be reached now, try again', {}, { cause: error });
  return new RpcFault('INTERNAL', 'Internal server error', {}, { cause: error });
}

/** Thrown by a floor that this one does not know. */
const isOutage = (error: unknown): boolean => error instanceof Error && 'isOutage' in error;
