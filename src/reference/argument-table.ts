import type { ArgumentDescriptor } from '../rpc/arguments.js';
import { cell } from './markdown.js';

type Schema = Readonly<Record<string, unknown>>;

/** One row an argument, in declared order, which is also the order of arguments by position. */
export function argumentTable(args: readonly ArgumentDescriptor[]): string {
  return [
    '| argument | type | default | meaning |',
    '| --- | --- | --- | --- |',
    ...args.map(
      (arg) =>
        `| \`${arg.name}\` | ${typeInWords(arg.schema, arg.nullable)} | ${fallback(arg)} | ${meaning(arg)} |`,
    ),
  ].join('\n');
}

function fallback({ required, default: value }: ArgumentDescriptor): string {
  if (required) return '**required**';
  return value === undefined || value === null ? '' : `\`${JSON.stringify(value)}\``;
}

function meaning({ description, aliases }: ArgumentDescriptor): string {
  const older = aliases.length === 0 ? [] : [`also ${aliases.map((name) => `\`${name}\``).join(', ')}`];
  return cell([description, ...older].filter((text) => text !== '').join('; '));
}

/** Null is a type only where it is a value of its own; elsewhere it stands for "not given". */
function typeInWords(schema: Schema, nullable = false): string {
  const values = valuesOf(schema).filter((value) => value !== null);
  if (values.length > 0) return values.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  const variant = ((schema.anyOf ?? []) as Schema[]).find((each) => each.type !== 'null');
  if (variant) return typeInWords(variant, nullable);
  const types = [schema.type ?? 'any value'].flat().filter((type) => nullable || type !== 'null') as string[];
  return types.map((type) => (type === 'array' ? listInWords(schema) : type)).join(' or ') + boundsOf(schema);
}

/** An optional one may be written as `anyOf`, where a variant lists the values. */
function valuesOf(schema: Schema): unknown[] {
  if (Array.isArray(schema.enum)) return schema.enum;
  return ((schema.anyOf ?? []) as Schema[]).flatMap(valuesOf);
}

const listInWords = ({ items }: Schema) =>
  items && (items as Schema).type === 'string' ? 'list of strings' : 'list';

/** Bounds that come from the width of a number alone are none. */
function boundsOf({ minimum, maximum, maxLength }: Schema): string {
  const least = minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (typeof least === 'number')
    return typeof most === 'number' ? `, ${least} to ${most}` : `, ${least} or more`;
  return typeof maxLength === 'number' ? `, up to ${maxLength}` : '';
}
