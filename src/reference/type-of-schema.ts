type Schema = Readonly<Record<string, unknown>>;

/** A JSON Schema as a TypeScript type; bounds and patterns of values have none. @param indent of the line it stands on */
export function typeOfSchema(schema: Schema, indent = ''): string {
  if (typeof schema.$ref === 'string') return shapeReferredTo(schema.$ref);
  if (Array.isArray(schema.enum)) return union(schema.enum.map((value) => JSON.stringify(value)));
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.anyOf))
    return union((schema.anyOf as Schema[]).map((each) => typeOfSchema(each, indent)));
  if (Array.isArray(schema.type))
    return union((schema.type as string[]).map((type) => typeOfSchema({ ...schema, type }, indent)));
  switch (schema.type) {
    case 'string':
      return 'string';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'array':
      return listType(schema, indent);
    case 'object':
      return objectType(schema, indent);
    default:
      return 'unknown';
  }
}

/** Schemas of plugins may refer to parts of their own, which have no name here. */
const shapeReferredTo = (reference: string) =>
  /^#\/components\/schemas\/(\w+)$/.exec(reference)?.[1] ?? 'unknown';

/** Quoted where it is no identifier. */
export const memberName = (name: string): string =>
  /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);

const union = (types: readonly string[]) => [...new Set(types)].join(' | ');

function listType({ items, minItems, maxItems }: Schema, indent: string): string {
  if (Array.isArray(items))
    return `[${(items as Schema[]).map((item) => typeOfSchema(item, indent)).join(', ')}]`;
  const item = typeOfSchema((items ?? {}) as Schema, indent);
  if (typeof minItems === 'number' && minItems === maxItems)
    return `[${Array<string>(minItems).fill(item).join(', ')}]`;
  return /[ |]/.test(item) ? `(${item})[]` : `${item}[]`;
}

function objectType(schema: Schema, indent: string): string {
  const members = membersOf(schema, `${indent}  `);
  if (members.length > 0) return `{\n${members.join('\n')}\n${indent}}`;
  const { additionalProperties } = schema;
  const value =
    typeof additionalProperties === 'object'
      ? typeOfSchema(additionalProperties as Schema, indent)
      : 'unknown';
  return `Record<string, ${value}>`;
}

/** One line a member, of the object type or interface that a schema describes. */
export function membersOf(schema: Schema, indent: string): string[] {
  const required = (schema.required ?? []) as string[];
  const named = Object.entries((schema.properties ?? {}) as Record<string, Schema>).map(
    ([name, property]) =>
      `${docOf(property, indent)}${indent}${memberName(name)}${required.includes(name) ? '' : '?'}: ${typeOfSchema(property, indent)};`,
  );
  const patterns = Object.entries((schema.patternProperties ?? {}) as Record<string, Schema>).map(
    ([pattern, property]) =>
      `${indent}[name: \`${pattern.replace(/^\^/, '')}\${string}\`]: ${typeOfSchema(property, indent)};`,
  );
  return [...named, ...patterns];
}

/** @returns a comment line, or nothing */
export const docOf = ({ description }: Schema, indent: string): string =>
  typeof description === 'string' && description !== ''
    ? `${indent}/** ${description.replaceAll('*/', '* /')} */\n`
    : '';
