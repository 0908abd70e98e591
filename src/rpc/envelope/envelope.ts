import type { ArgumentProblem } from '../arguments.js';
import type { Dialect } from '../../config/settings.js';
import type { RpcFault } from '../errors.js';

/** How one protocol dresses answers and words what the dispatcher itself refuses. Without state; one of each. */
export interface Envelope {
  readonly protocol: 'legacy' | '1.0' | '2.0';
  /** @param id and result as JSON text @param warning shown beside the result where the dialect has a place for it */
  success(id: string, result: string, warning: string | null): string;
  failure(id: string, fault: RpcFault): string;
  /** Complete answers for bodies that hold no call. */
  readonly invalidRequest: (id: string) => string;
  parseError(problem: string): string;
  noSuchMethod(method: unknown): RpcFault;
  badArguments(problem: ArgumentProblem): RpcFault;
  dropsUnknownArguments(dialect: Dialect): boolean;
}

/** One call as read from a body, before anything of it was believed. */
export interface Invocation {
  readonly envelope: Envelope;
  /** JSON text of the id; null for a notification, which is never answered. */
  readonly id: string | null;
  readonly method: unknown;
  /** An object (by name) or a list (by position). */
  readonly args: object;
  /** As presented, of any type; undefined when there was none. */
  readonly key: unknown;
  readonly invalidKey: string;
  /** What the body itself speaks, for a key that says nothing; absent: the server's own dialect. */
  readonly dialect?: Dialect;
  /** As presented, of any type. */
  readonly idempotencyKey?: unknown;
}

/** A body that reads as no call: `answer` is complete. */
export interface Unreadable {
  readonly answer: string;
}
