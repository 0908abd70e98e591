import { pluginOfFamily } from '../rpc/described-method.js';
import type { JsonObject } from '../sdk/index.js';
import { docOf, memberName, membersOf, typeOfSchema } from './type-of-schema.js';

interface OpenRpc {
  methods: {
    name: string;
    summary: string;
    tags: { name: string }[];
    params: { name: string; required: boolean; description?: string; schema: JsonObject }[];
    result: { schema: JsonObject };
    deprecated?: boolean;
    'x-reads': boolean;
    'x-use-instead'?: string;
  }[];
  components: { schemas: Record<string, JsonObject>; errors: Record<string, unknown> };
}

/** What `rpc.discover` answers, as TypeScript. @param origin comment in front */
export function clientContract(document: JsonObject, origin: string): string {
  const { methods, components } = document as unknown as OpenRpc;
  const shapes = Object.entries(components.schemas).map(
    ([name, schema]) => `export interface ${name} {\n${membersOf(schema, '  ').join('\n')}\n}`,
  );
  const reading = methods.filter((method) => method['x-reads']).map(({ name }) => `  '${name}',`);
  return (
    [
      origin,
      `/** \`data.reason\` of a refusal. */\nexport type ErrorReason = ${reasons(components.errors)};`,
      ...shapes,
      `/** Every method with its parameters and its result. */\nexport interface Methods {\n${methods.map(entry).join('\n')}\n}`,
      `/** Those that change nothing, so that they may be sent twice. */\nexport const READING_METHODS: ReadonlySet<string> = new Set([\n${reading.join('\n')}\n]);`,
    ].join('\n\n') + '\n'
  );
}

/** The same as a module of its own, with a client that knows it. */
export const clientModule = (document: JsonObject, origin: string): string =>
  `${clientContract(document, `${origin}\n\nimport { ForgegateClient, type ClientOptions } from 'forgegate/client';`)}
/** A client that knows these methods by type. */
export const connect = (options: ClientOptions): ForgegateClient<Methods> =>
  new ForgegateClient<Methods>({ reading: READING_METHODS, ...options });
`;

const reasons = (errors: Record<string, unknown>) =>
  Object.keys(errors)
    .map((reason) => `'${reason}'`)
    .join(' | ');

function entry(method: OpenRpc['methods'][number]): string {
  const instead = method['x-use-instead'];
  const deprecated = method.deprecated ? ` @deprecated use ${instead ?? 'another one'}` : '';
  const params = method.params.map(
    ({ name, required, schema, description = '' }) =>
      `${docOf({ description }, '      ')}      ${memberName(name)}${required ? '' : '?'}: ${typeOfSchema(schema, '      ')};`,
  );
  const shape = params.length === 0 ? 'Record<string, never>' : `{\n${params.join('\n')}\n    }`;
  const plugin = pluginOfFamily(method.tags[0]?.name ?? '');
  const whose = plugin === null ? '' : ` Of the plugin ${plugin}.`;
  return [
    `${docOf({ description: `${method.summary}.${whose}${deprecated}` }, '  ').trimEnd()}`,
    `  ${method.name}: {`,
    `    params: ${shape};`,
    `    result: ${typeOfSchema(method.result.schema, '    ')};`,
    '  };',
  ].join('\n');
}
