import type { Dialect } from '../config/settings.js';

/** Who calls: a user, through one API key, by his password, or as everybody (the user `default`). */
export interface Principal {
  readonly userId: number;
  readonly username: string;
  /** Super admin (the user's `admin` flag). */
  readonly admin: boolean;
  /** Null when he came without a key, and when the system itself acts (a job, the command line). */
  readonly apiKeyId: number | null;
  /** Scopes of the key; null = the user's full rights. */
  readonly scopes: readonly string[] | null;
  /** Dialect that the key asks for; null = the server's default. */
  readonly dialect: Dialect | null;
}

/** What a service needs to know of the call it serves. Jobs and the command line make one of their own. */
export interface Caller {
  readonly principal: Principal;
  readonly requestId: string;
  /** Client address as the gateway sees it, trusted proxies taken into account. */
  readonly ip: string;
  /** Aborts at the call's deadline, when the client leaves and when the gateway must stop. */
  readonly signal: AbortSignal;
  /** When the call is given up, in milliseconds of `performance.now()`; absent where nobody waits for an answer. */
  readonly dueAt?: number;
}

/**
 * One method call on its way through guard, pipes and handler: the context object of the RPC pipeline.
 * `objects` holds what the guard resolved from the arguments, by argument name, and `levels` the caller's weight on it
 * (`access/levels.ts`), so that nothing is looked up twice.
 */
export interface RpcCall extends Caller {
  readonly method: string;
  readonly protocol: 'legacy' | '1.0' | '2.0';
  readonly dialect: Dialect;
  /** The API key as presented; only for answers that show the caller his own key. Never log it. */
  readonly presentedKey: string | null;
  readonly objects: Map<string, unknown>;
  readonly levels: Map<string, number>;
}
