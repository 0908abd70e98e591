import type { Caller } from '../../rpc/call.js';

/** The part of an event's recording that tells who did it; nobody when the system itself acts. */
export function recordedBy({ principal, requestId }: Caller) {
  const { userId, username, apiKeyId } = principal;
  return { caller: { userId: apiKeyId === null ? null : userId, username }, requestId };
}
