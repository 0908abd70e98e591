import type { ErrorReason } from './contract.js';

/** A refusal of the gateway. `code` and `data` are those of JSON-RPC 2.0; `reason` names the code. */
export class RpcError extends Error {
  override readonly name = 'RpcError';

  constructor(
    readonly method: string,
    readonly code: number,
    message: string,
    readonly data: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }

  get reason(): ErrorReason | undefined {
    return this.data.reason as ErrorReason | undefined;
  }
}

/** An answer that is none of a gateway: a proxy's page, a truncated body, an address that is no gateway. */
export class TransportError extends Error {
  override readonly name = 'TransportError';

  constructor(
    message: string,
    /** HTTP status; null when no answer came. */
    readonly status: number | null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
