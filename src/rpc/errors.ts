export type FaultReason =
  | 'KEY_INVALID'
  | 'DENIED'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'REFUSED'
  | 'RATE_LIMITED'
  | 'DEADLINE'
  | 'CANCELLED'
  | 'INVALID_PARAMS'
  | 'METHOD_NOT_FOUND'
  | 'UNAVAILABLE'
  | 'INTERNAL';

/** The catalogue: JSON-RPC 2.0 code of every reason. The legacy dialects send the message alone. */
export const FAULT_CODES: Readonly<Record<FaultReason, number>> = {
  KEY_INVALID: 1001,
  DENIED: 1003,
  NOT_FOUND: 1004,
  CONFLICT: 1009,
  REFUSED: 1010,
  RATE_LIMITED: 1011,
  DEADLINE: 1012,
  /** The client left, or the gateway stops: nobody waits for this answer. */
  CANCELLED: 1012,
  INVALID_PARAMS: -32602,
  METHOD_NOT_FOUND: -32601,
  /** Something that the gateway stands on is away; a change may have been made all the same. */
  UNAVAILABLE: 1013,
  INTERNAL: -32603,
};

/**
 * An expected refusal. `message` is part of the wire and shown to the caller as it is: no secret, path or stack.
 * `cause` is for the log only.
 */
export class RpcFault extends Error {
  constructor(
    readonly reason: FaultReason,
    message: string,
    readonly data: Readonly<Record<string, unknown>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'RpcFault';
  }
}

/** A refusal that a legacy dialect answers as an object: field of a form -> what is wrong with it. */
export class FieldsFault extends RpcFault {
  constructor(
    fault: RpcFault,
    readonly fields: Readonly<Record<string, string>>,
  ) {
    super(fault.reason, fault.message, fault.data, { cause: fault });
    this.name = 'FieldsFault';
  }
}

export const ACCESS_DENIED = 'Access was denied to this resource.';

export const notFound = (message: string) => new RpcFault('NOT_FOUND', message);
export const conflict = (message: string) => new RpcFault('CONFLICT', message);
/** Refused by a rule of the domain: wrong state, bad value that only the service can judge, a failed operation. */
export const refused = (message: string, cause?: unknown) => new RpcFault('REFUSED', message, {}, { cause });
/** @param missing the right that would have allowed it, e.g. `hg.admin` */
export const denied = (missing: string, message = ACCESS_DENIED) =>
  new RpcFault('DENIED', message, { missing });
export const invalidParams = (message: string, data?: Record<string, unknown>) =>
  new RpcFault('INVALID_PARAMS', message, data);
