import type { Methods } from './contract.js';

export type MethodName = keyof Methods;
export type Params<M extends MethodName> = Methods[M]['params'];
export type Result<M extends MethodName> = Methods[M]['result'];

export interface CallOptions {
  /** Gives the call up; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Milliseconds for the call with all its attempts; a `TimeoutError` is thrown. */
  readonly timeoutMs?: number;
}

/** The arguments behind the method's name: parameters may be left out where none is required. */
export type CallArguments<M extends MethodName> =
  Record<never, never> extends Params<M>
    ? [params?: Params<M>, options?: CallOptions]
    : [params: Params<M>, options?: CallOptions];

/** One call of a batch: `['get_repo', { repoid: 'website' }]`. */
export type BatchCall = { [M in MethodName]: readonly [method: M, params?: Params<M>] }[MethodName];

/** In the order of the calls, as `Promise.allSettled` has it: one refusal does not hide the others' results. */
export type BatchResults<Calls extends readonly BatchCall[]> = {
  -readonly [Index in keyof Calls]: Calls[Index] extends readonly [infer M extends MethodName, ...unknown[]]
    ? PromiseSettledResult<Result<M>>
    : never;
};
