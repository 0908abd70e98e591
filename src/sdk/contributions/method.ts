import type { Json, JsonObject, JsonSchema } from '../json.js';

/** Levels of a right on an object, as the field names them. */
export type ObjectLevel = 'read' | 'write' | 'admin';

/**
 * What a caller must have before a method of a plugin runs. A text is `authenticated`, `hg.admin`, or a global
 * permission such as `hg.create.repository`. An object names the argument that names a repository, a repository group or
 * a user group; what the caller may not see is answered as if it did not exist.
 *
 * ```ts
 * requires: { repo: 'read' }                               // the argument `repoid`
 * requires: { repo: 'admin', argument: 'target' }
 * requires: { anyOf: ['hg.admin', { repo: 'write' }] }
 * ```
 */
export type RequiredRight =
  | string
  | { readonly repo: ObjectLevel; readonly argument?: string }
  | { readonly repoGroup: ObjectLevel; readonly argument?: string }
  | { readonly userGroup: ObjectLevel; readonly argument?: string }
  | { readonly anyOf: readonly RequiredRight[] }
  | { readonly allOf: readonly RequiredRight[] };

/** What the gateway must know of a method before it serves it; one without schemas or right does not load. */
export interface MethodDeclaration {
  /** One sentence for the documentation. */
  readonly summary: string;
  readonly requires: RequiredRight;
  /** JSON Schema of the arguments: an object whose `properties` are bound by name, or in their order by position. */
  readonly args: JsonSchema;
  /** JSON Schema of the result; what the handler answers is checked against it. */
  readonly result: JsonSchema;
  /** Types of the events that a successful call may record. */
  readonly emits?: readonly string[];
}

/** Who called a method of a plugin. */
export interface MethodCaller {
  readonly user_id: number;
  readonly username: string;
  /** Super admin. */
  readonly admin: boolean;
}

export interface MethodCall {
  readonly caller: MethodCaller;
  readonly requestId: string;
  /** Aborts at the call's deadline and when the client leaves. */
  readonly signal: AbortSignal;
}

/** Throw it to answer a call with a refusal that the caller reads; any other error is answered as an internal one. */
export class MethodRefusal extends Error {
  /** @param message part of the answer: no secret, no path */
  constructor(
    message: string,
    readonly reason: 'NOT_FOUND' | 'CONFLICT' | 'REFUSED' | 'INVALID_PARAMS' = 'REFUSED',
  ) {
    super(message);
    this.name = 'MethodRefusal';
  }
}

export type MethodHandler<Args = JsonObject> = (args: Args, call: MethodCall) => Promise<Json> | Json;
