import { RpcFault } from '../../rpc/errors.js';

/** Makes refusals with a method's own text, which hides the cause from old clients; new ones find it in `detail`. */
export const failing =
  (text: string) =>
  (detail: string, reason: 'REFUSED' | 'CONFLICT' = 'REFUSED', cause?: unknown): RpcFault =>
    new RpcFault(reason, text, { detail }, { cause });

export type Failed = ReturnType<typeof failing>;
