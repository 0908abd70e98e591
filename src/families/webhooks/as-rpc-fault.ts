import { DeliveryRefusal } from '../../delivery/subscription.js';
import { conflict, invalidParams, notFound } from '../../rpc/errors.js';

/** Refusals of the delivery engine as the wire knows them. */
export function asRpcFault(error: unknown): never {
  if (!(error instanceof DeliveryRefusal)) throw error;
  switch (error.code) {
    case 'NOT_FOUND':
      throw notFound(error.message);
    case 'CONFLICT':
      throw conflict(error.message);
    case 'INVALID':
      throw invalidParams(error.message, error.field === null ? {} : { argument: error.field });
  }
}
