import type { Dialect } from '../config/settings.js';
import type { RpcCall } from './call.js';
import type { RpcFault } from './errors.js';

/** How one dialect has one method, where that differs from today's. */
export interface Manner {
  /** Arguments as they were sent -> as today's method takes them. Their names may be older ones. */
  readonly takes?: (given: Readonly<Record<string, unknown>>) => Record<string, unknown>;
  /**
   * What is answered instead of today's result.
   * @param args as today's method got them
   */
  readonly answers?: (result: unknown, call: RpcCall, args: object) => unknown;
  /** An object that is missing or hidden is answered with null instead of an error. */
  readonly missingIsNull?: boolean;
  /** What is said instead when the method or its arguments are refused. */
  readonly refuses?: (fault: RpcFault) => RpcFault;
}

/** What is special about a dialect, at the edge: methods know nothing of it. `dialects` implements this. */
export abstract class Dialects {
  /**
   * @param asked the method's name as the client wrote it
   * @param method today's name
   * @returns undefined where today's method is answered as it is
   */
  abstract mannerOf(dialect: Dialect, asked: string, method: string): Manner | undefined;
}
