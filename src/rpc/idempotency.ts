import type { RpcCall } from './call.js';

/** Carries a call out once, however often it is sent with the same key; `access` implements it. */
export abstract class Idempotency {
  /**
   * @param given as presented: a header or a top-level member, of any type
   * @param args as bound: the same key with other arguments is refused
   * @returns what `work` answers, or what it answered the first time
   * @throws RpcFault INVALID_PARAMS for an unusable key; CONFLICT with `retry_after` while the first call still runs, and
   * when the key belongs to another call or the answer of the first was lost
   */
  abstract run(call: RpcCall, given: unknown, args: object, work: () => unknown): Promise<unknown>;
}
