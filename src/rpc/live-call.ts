import type { Dialect } from '../config/settings.js';
import type { Principal, RpcCall } from './call.js';
import type { Trail } from '../trail/trail.js';
import { Timed } from './deadlines.js';
import type { Manner } from './dialects.js';
import type { Invocation } from './envelope/envelope.js';
import { RpcFault } from './errors.js';

/** Who calls a public method without a key: nobody, with no right at all. */
export const NOBODY: Principal = Object.freeze({
  userId: 0,
  username: 'anonymous',
  admin: false,
  apiKeyId: null,
  scopes: Object.freeze([]),
  dialect: null,
});

export const deadlineExceeded = () => new RpcFault('DEADLINE', 'Request deadline exceeded');

/** What a call needs of the HTTP request that brought it; a batch brings several calls. */
export interface CallOrigin {
  readonly requestId: string;
  readonly ip: string;
  readonly trail: Trail | null;
  /** From a header, which counts where the request brings one call. */
  readonly idempotencyKey?: unknown;
}

/** Told once, when the call is over. @param fault null = success with `value` */
export type Settled = (call: LiveCall, fault: RpcFault | null, value: unknown) => void;

/** One call from its envelope to its answer. What few calls need (a signal, loaded objects) is made when asked for. */
export class LiveCall extends Timed implements RpcCall {
  readonly requestId: string;
  readonly ip: string;
  readonly trail: Trail | null;
  /** As presented; undefined when there was none. */
  readonly idempotencyKey: unknown;
  method: string;
  principal: Principal = NOBODY;
  settled = false;
  /** How the caller's dialect has the method; undefined: as today. */
  manner: Manner | undefined = undefined;
  private controller: AbortController | null = null;
  private loaded: Map<string, unknown> | null = null;
  private weights: Map<string, number> | null = null;
  private abortReason: RpcFault | null = null;

  constructor(
    readonly invocation: Invocation,
    origin: CallOrigin,
    public dialect: Dialect,
    /** Milliseconds of `performance.now()`. */
    readonly startedAt: number,
    private readonly onSettled: Settled,
  ) {
    super();
    this.requestId = origin.requestId;
    this.ip = origin.ip;
    this.trail = origin.trail;
    this.idempotencyKey = invocation.idempotencyKey ?? origin.idempotencyKey;
    this.method = typeof invocation.method === 'string' ? invocation.method : '';
  }

  get protocol(): RpcCall['protocol'] {
    return this.invocation.envelope.protocol;
  }

  get presentedKey(): string | null {
    return typeof this.invocation.key === 'string' ? this.invocation.key : null;
  }

  get objects(): Map<string, unknown> {
    return (this.loaded ??= new Map());
  }

  get levels(): Map<string, number> {
    return (this.weights ??= new Map());
  }

  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.abortReason) this.controller.abort(this.abortReason);
    }
    return this.controller.signal;
  }

  succeed(value: unknown): void {
    this.settle(null, value);
  }

  fail(fault: RpcFault): void {
    this.settle(fault, undefined);
  }

  /** What the method itself, or the guard before it, refused. */
  refuse(fault: RpcFault): void {
    if (fault.reason === 'NOT_FOUND' && this.manner?.missingIsNull) this.succeed(null);
    else this.fail(this.manner?.refuses?.(fault) ?? fault);
  }

  override expire(): void {
    this.abandon(deadlineExceeded());
  }

  /** Stops waiting for the handler and tells whatever it started to stop. What it still answers is ignored. */
  abandon(fault: RpcFault): void {
    if (this.settled) return;
    this.abortReason = fault;
    this.settle(fault, undefined);
    this.controller?.abort(fault);
  }

  private settle(fault: RpcFault | null, value: unknown): void {
    if (this.settled) return;
    this.settled = true;
    this.onSettled(this, fault, value);
  }
}
