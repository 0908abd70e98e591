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
  | 'INTERNAL';

/** The catalogue: JSON-RPC 2.0 code and log level of every reason. The legacy dialects send the message alone. */
export const FAULTS: Readonly<Record<FaultReason, { code: number; level: 'debug' | 'info' | 'error' }>> = {
  KEY_INVALID: { code: 1001, level: 'info' },
  DENIED: { code: 1003, level: 'info' },
  NOT_FOUND: { code: 1004, level: 'debug' },
  CONFLICT: { code: 1009, level: 'debug' },
  REFUSED: { code: 1010, level: 'debug' },
  RATE_LIMITED: { code: 1011, level: 'info' },
  DEADLINE: { code: 1012, level: 'info' },
  /** The client left, or the gateway stops: nobody waits for this answer. */
  CANCELLED: { code: 1012, level: 'debug' },
  INVALID_PARAMS: { code: -32602, level: 'debug' },
  METHOD_NOT_FOUND: { code: -32601, level: 'debug' },
  INTERNAL: { code: -32603, level: 'error' },
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
