import type { RpcCall } from '../rpc/call.js';
import type { Manner } from '../rpc/dialects.js';
import type { PrintedFacts } from './printed-facts.js';

/** What a printed answer is made from, beside today's result. */
export interface Printing {
  readonly call: RpcCall;
  /** As today's method got them. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly facts: PrintedFacts;
}

/** One method as a document prints it. */
export interface PrintedMethod extends Omit<Manner, 'answers'> {
  readonly answers?: (result: unknown, printing: Printing) => unknown;
}

/** By today's name of the method; what is not listed is answered as today. */
export type PrintedMethods = Readonly<Record<string, PrintedMethod>>;

/** @param answers today's result -> the printed one, exactly its members */
export const printed = <Result>(
  answers: (result: Result, printing: Printing) => unknown,
  more: Omit<PrintedMethod, 'answers'> = {},
): PrintedMethod => ({ ...more, answers: answers as PrintedMethod['answers'] & {} });

/** As {@link printed}, for methods that may answer with a job instead of its outcome, which no document knows. */
export const printedOutcome = <Result extends object>(
  answers: (result: Result, printing: Printing) => unknown,
  more: Omit<PrintedMethod, 'answers'> = {},
): PrintedMethod =>
  printed<Result>((result, printing) => ('job_id' in result ? result : answers(result, printing)), more);

/** Exactly these members, in that order. */
export function only<Value extends object, Key extends keyof Value>(
  value: Value,
  keys: readonly Key[],
): Pick<Value, Key> {
  return Object.fromEntries(keys.map((key) => [key, value[key]])) as Pick<Value, Key>;
}
