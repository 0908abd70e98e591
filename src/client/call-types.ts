import type { Methods } from './contract.js';

/** Parameters and results by the name of the method: `Methods` of a contract. */
export type Contract<Table> = {
  readonly [Name in keyof Table]: { readonly params: object; readonly result: unknown };
};

export type MethodName<Table extends Contract<Table> = Methods> = keyof Table & string;
export type Params<M extends MethodName<Table>, Table extends Contract<Table> = Methods> = Table[M]['params'];
export type Result<M extends MethodName<Table>, Table extends Contract<Table> = Methods> = Table[M]['result'];

export interface CallOptions {
  /** Gives the call up; its reason is thrown. */
  readonly signal?: AbortSignal;
  /** Milliseconds for the call with all its attempts; a `TimeoutError` is thrown. */
  readonly timeoutMs?: number;
}

/** The arguments behind the method's name: parameters may be left out where none is required. */
export type CallArguments<M extends MethodName<Table>, Table extends Contract<Table> = Methods> =
  Record<never, never> extends Params<M, Table>
    ? [params?: Params<M, Table>, options?: CallOptions]
    : [params: Params<M, Table>, options?: CallOptions];

/** One call of a batch: `['get_repo', { repoid: 'website' }]`. */
export type BatchCall<Table extends Contract<Table> = Methods> = {
  [M in MethodName<Table>]: readonly [method: M, params?: Params<M, Table>];
}[MethodName<Table>];

/** In the order of the calls, as `Promise.allSettled` has it: one refusal does not hide the others' results. */
export type BatchResults<
  Calls extends readonly BatchCall<Table>[],
  Table extends Contract<Table> = Methods,
> = {
  -readonly [Index in keyof Calls]: Calls[Index] extends readonly [
    infer M extends MethodName<Table>,
    ...unknown[],
  ]
    ? PromiseSettledResult<Result<M, Table>>
    : never;
};
