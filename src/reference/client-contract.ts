import type { JsonObject } from '../sdk/index.js';
import { docOf, membersOf, typeOfSchema } from './type-of-schema.js';

interface OpenRpc {
  methods: {
    name: string;
    summary: string;
    params: { name: string; required: boolean; description?: string; schema: JsonObject }[];
    result: { schema: JsonObject };
    deprecated?: boolean;
    'x-reads': boolean;
    'x-use-instead'?: string;
  }[];
  components: { schemas: Record<string, JsonObject>; errors: Record<string, unknown> };
}

/** `src/client/contract.ts`: what `rpc.discover` answers, as TypeScript. */
export function clientContract(document: JsonObject): string {
  const { methods, components } = document as unknown as OpenRpc;
  const shapes = Object.entries(components.schemas).map(
    ([name, schema]) => `export interface ${name} {\n${membersOf(schema, '  ').join('\n')}\n}`,
  );
  const reading = methods.filter((method) => method['x-reads']).map(({ name }) => `  '${name}',`);
  return (
    [
      '// Generated from docs/openrpc.json by `npm run generate`; do not edit.',
      `/** \`data.reason\` of a refusal. */\nexport type ErrorReason = ${reasons(components.errors)};`,
      ...shapes,
      `/** Every method with its parameters and its result. */\nexport interface Methods {\n${methods.map(entry).join('\n')}\n}`,
      `/** Those that change nothing, so that they may be sent twice. */\nexport const READING_METHODS: ReadonlySet<string> = new Set([\n${reading.join('\n')}\n]);`,
    ].join('\n\n') + '\n'
  );
}

const reasons = (errors: Record<string, unknown>) =>
  Object.keys(errors)
    .map((reason) => `'${reason}'`)
    .join(' | ');

function entry(method: OpenRpc['methods'][number]): string {
  const instead = method['x-use-instead'];
  const deprecated = method.deprecated ? ` @deprecated use ${instead ?? 'another one'}` : '';
  const params = method.params.map(
    ({ name, required, schema, description = '' }) =>
      `${docOf({ description }, '      ')}      ${name}${required ? '' : '?'}: ${typeOfSchema(schema, '      ')};`,
  );
  const shape = params.length === 0 ? 'Record<string, never>' : `{\n${params.join('\n')}\n    }`;
  return [
    `  /** ${method.summary}.${deprecated} */`,
    `  ${method.name}: {`,
    `    params: ${shape};`,
    `    result: ${typeOfSchema(method.result.schema, '    ')};`,
    '  };',
  ].join('\n');
}
