import type { Caller } from '../../rpc/call.js';

/** The part of an event's recording that tells who did it. */
export function recordedBy({ principal: { userId, username }, requestId }: Caller) {
  return { caller: { userId, username }, requestId };
}
