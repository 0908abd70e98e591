import type { ArgumentDescriptor } from '../../src/rpc/arguments.js';
import type { JsonSchema } from '../../src/sdk/index.js';

export const typesOf = ({ type }: JsonSchema): unknown[] =>
  Array.isArray(type) ? (type as unknown[]) : [type];

/** What a method must be given, and the repository where it takes one. @param names values by name of the argument */
export function ordinaryArguments(
  args: readonly ArgumentDescriptor[],
  names: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(
    args
      .filter(({ name, required }) => required || name === 'repoid')
      .map(({ name, schema }) => [name, names[name] ?? sample(schema)]),
  );
}

function sample(schema: JsonSchema): unknown {
  const [type] = typesOf(schema);
  if (type === 'integer' || type === 'number') return 1;
  if (type === 'boolean') return false;
  return type === 'array' ? ['x'] : type === 'object' ? {} : 'x';
}
