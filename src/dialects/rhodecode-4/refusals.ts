import { FieldsFault, RpcFault } from '../../rpc/errors.js';
import type { Manner } from '../../rpc/dialects.js';

type Refuses = NonNullable<Manner['refuses']>;

/** A text of today -> the field of RhodeCode's form and its message. */
type Rule = readonly [text: RegExp, field: string, message: string];

interface Form {
  /** Tried in order. */
  readonly rules?: readonly Rule[];
  /** Argument whose value was refused -> field. */
  readonly argument: (name: string) => string;
  /** Field of what a refusal keeps in `detail`, by its words; absent: it stays a text. */
  readonly detail?: (detail: string) => string;
}

/**
 * Refusals that RhodeCode's forms answer as `{field: message}`; all others stay texts. What is to be said about names and
 * values is ours.
 */
export function fields({ rules = [], argument, detail: fieldOf }: Form): Refuses {
  return (fault) => {
    for (const [text, field, message] of rules) {
      if (text.test(fault.message)) return asFields(fault, field, fault.message.replace(text, message));
    }
    const { argument: name, detail } = fault.data;
    const said = typeof detail === 'string' ? detail : fault.message;
    if (typeof name === 'string') return asFields(fault, argument(name), said);
    if (typeof detail === 'string' && fieldOf) return asFields(fault, fieldOf(detail), detail);
    return inItsWords(fault);
  };
}

const asFields = (fault: RpcFault, field: string, message: string) =>
  new FieldsFault(fault, { [field]: message });

/** Who may give things away is called differently. */
export const inItsWords: Refuses = (fault) => {
  const message = fault.message.replace('Only Kallithea admin', 'Only RhodeCode super-admin');
  return message === fault.message
    ? fault
    : new RpcFault(fault.reason, message, fault.data, { cause: fault });
};
