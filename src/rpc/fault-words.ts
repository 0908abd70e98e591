import type { FaultReason } from './errors.js';

/** When which refusal is answered, for documents. */
export const FAULT_WORDS: Readonly<Record<FaultReason, string>> = {
  KEY_INVALID: 'no API key, or one that is unknown, expired, revoked or used from elsewhere',
  DENIED: 'the caller, or the scopes of his key, lack the right that `missing` names',
  NOT_FOUND: 'the object does not exist, or the caller may not see it',
  CONFLICT: 'a name is taken, or the object changed meanwhile',
  REFUSED: 'a rule forbids it; `detail` says more where the message does not',
  RATE_LIMITED: 'too many calls of this key or address',
  DEADLINE: 'the time of the call is over',
  CANCELLED: 'the caller went away, or the gateway stops',
  INVALID_PARAMS: 'an argument is missing, unknown or of a wrong form',
  METHOD_NOT_FOUND: 'no method has that name',
  UNAVAILABLE:
    'the database is away for now; a change may have been made: look, or repeat it with its idempotency key',
  INTERNAL: 'a defect of the gateway; the log has it under the request id',
};
