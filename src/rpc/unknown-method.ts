import type { Dialect } from '../config/settings.js';
import { RpcFault } from './errors.js';
import { whyUnserved } from './unserved-methods.js';

/**
 * What helps one who called a method that is not there. RhodeCode lists similar names, which is every one that contains
 * a word of the wrong one; methods that are left out on purpose say why.
 * @param names of all methods
 */
export function withHints(
  fault: RpcFault,
  method: string,
  dialect: Dialect,
  names: () => Iterable<string>,
): RpcFault {
  const reason = whyUnserved(method);
  const hints = [
    ...(dialect === 'rhodecode-4'
      ? [`Similar methods: ${similarTo(method, names()).join(', ') || 'none'}`]
      : []),
    ...(reason === undefined ? [] : [reason]),
  ];
  if (hints.length === 0) return fault;
  return new RpcFault(
    fault.reason,
    [fault.message, ...hints].join('. '),
    reason === undefined ? {} : { why: reason },
  );
}

/** Names longer than any method has no similar one: they are somebody's text. */
const LONGEST = 100;

function similarTo(method: string, names: Iterable<string>): string[] {
  const words = method.length > LONGEST ? [] : method.split('_').filter((word) => word !== '');
  return [...names].filter((name) => words.some((word) => name.includes(word))).toSorted();
}
