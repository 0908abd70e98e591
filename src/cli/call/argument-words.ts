import { CommandError } from '../command-error.js';
import type { ContractMethod, ContractParameter } from './contract-file.js';

/**
 * The words behind a method's name as its arguments: `key:value`, split at the first colon, or the JSON text of an object
 * with several. A value stays the string that it is, as with the old tool, for the gateway understands strings;
 * only where the method takes a list or an object, and no string, a value that is the JSON of one becomes that.
 *
 * @param method undefined when the contract does not know it
 * @throws CommandError for a word without a colon
 */
export function argumentsOf(
  words: readonly string[],
  method: ContractMethod | undefined,
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const word of words) {
    const object = word.startsWith('{') ? asJson(word) : undefined;
    if (object !== undefined) Object.assign(found, object);
    else {
      const [, key, value = ''] = /^([^:]+):(.*)$/s.exec(word) ?? [];
      if (key === undefined)
        throw new CommandError(`"${word}" is no argument: write key:value, e.g. repoid:website.`);
      found[key] = valueOf(value, parameterOf(method, key));
    }
  }
  return found;
}

const parameterOf = (method: ContractMethod | undefined, key: string): ContractParameter | undefined =>
  method?.params.find(({ name, 'x-aliases': aliases }) => name === key || aliases?.includes(key));

function valueOf(text: string, parameter: ContractParameter | undefined): unknown {
  const types = [parameter?.schema.type ?? []].flat();
  const isStructure =
    types.some((type) => type === 'array' || type === 'object') && !types.includes('string');
  return (isStructure && /^\s*[[{]/.test(text) ? asJson(text) : undefined) ?? text;
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
