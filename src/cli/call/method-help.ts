import { dumps } from './python-json.js';
import type { ContractMethod, ContractParameter } from './contract-file.js';

/** What one method needs, takes and does, from its contract. @param program as it was called */
export function methodHelp(method: ContractMethod, program: string): string {
  const instead = method['x-use-instead'];
  const names = method['x-aliases'];
  const events = method['x-events'];
  const facts = [
    ...(instead === undefined ? [] : [`Deprecated: use ${instead}`]),
    `Needs: ${method['x-permission'].rule}`,
    ...(names.length === 0 ? [] : [`Also called: ${names.join(', ')}`]),
    ...(events.length === 0 ? [] : [`Events: ${events.join(', ')}`]),
  ];
  const [example] = method.examples;
  return [
    `${method.name}: ${method.summary}`,
    facts.join('\n'),
    ...(method.params.length === 0 ? ['Arguments: none'] : [`Arguments:\n${table(method.params)}`]),
    ...(example ? [`Example:\n  ${[program, method.name, ...example.params.map(word)].join(' ')}`] : []),
  ].join('\n\n');
}

function table(params: readonly ContractParameter[]): string {
  const rows = params.map((param) => [`${param.name}:${typeIn(param)}`, meaningOf(param)] as const);
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd()).join('\n');
}

function typeIn({ schema }: ContractParameter): string {
  const values = schema.enum ?? schema.anyOf?.find((each) => each.enum)?.enum;
  if (values)
    return `<${values
      .filter((value) => value !== null)
      .map(String)
      .join('|')}>`;
  const types = [schema.type ?? 'any'].flat().filter((type) => type !== 'null');
  return `<${types.map((type) => (type === 'array' ? 'list' : type)).join(' or ')}>`;
}

function meaningOf({
  required,
  description = '',
  schema,
  'x-aliases': aliases = [],
}: ContractParameter): string {
  return [
    ...(required ? ['required'] : []),
    ...(schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`]),
    description,
    ...(aliases.length === 0 ? [] : [`also ${aliases.join(', ')}`]),
  ]
    .filter((part) => part !== '')
    .join('; ');
}

/** As one would type it into a shell. */
function word({ name, value }: { name: string; value: unknown }): string {
  const text = `${name}:${typeof value === 'string' ? value : dumps(value)}`;
  return /^[\w:./@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Names of all methods, a family a line. */
export function methodList(methods: readonly ContractMethod[]): string {
  const families = new Map<string, string[]>();
  for (const { name, tags } of methods) {
    const family = tags[0]?.name ?? '';
    families.set(family, [...(families.get(family) ?? []), name]);
  }
  return [...families]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([family, names]) => `  ${family}: ${names.join(' ')}`)
    .join('\n');
}
