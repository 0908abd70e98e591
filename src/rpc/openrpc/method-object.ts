import type { Json, JsonObject, JsonSchema } from '../../sdk/index.js';
import type { ArgumentDescriptor } from '../arguments.js';
import { pluginOfFamily, type DescribedMethod } from '../described-method.js';
import { isReading } from '../reading-methods.js';
import { requirementInWords } from '../requirement-words.js';
import { schemaOfResult } from '../result-shapes.js';
import type { Components } from './components.js';
import type { ExecutedCall } from './executed-examples.js';
import { errorsOf } from './method-errors.js';

/**
 * The Method Object of OpenRPC with four extensions: `x-permission` (in words and as it is declared), `x-reads` (may be
 * sent twice), `x-events` (types that a success may record) and `x-aliases`.
 */
export function methodObject(
  method: DescribedMethod,
  executed: readonly ExecutedCall[],
  components: Components,
): JsonObject {
  // OpenRPC wants required ones first; where the historic order is another one, only names are safe
  const params = method.args.toSorted((a, b) => Number(b.required) - Number(a.required));
  const isInOrder = params.every((arg, index) => arg === method.args[index]);
  // Names of shapes are the gateway's; what a plugin calls by one of them stays where it is
  const refer = (schema: JsonSchema) =>
    pluginOfFamily(method.family) === null ? components.refer(schema) : (structuredClone(schema) as Json);
  const shown = executed.filter(({ error }) => error === undefined);
  return {
    name: method.name,
    summary: method.summary,
    tags: [{ name: method.family }],
    paramStructure: isInOrder ? 'either' : 'by-name',
    params: params.map((arg) => parameter(arg, refer)),
    result: { name: 'result', schema: refer(schemaOfResult(method.result)) },
    errors: errorsOf(method, executed),
    examples: shown.map(examplePairing),
    ...(method.deprecated === undefined ? {} : { deprecated: true, 'x-use-instead': method.deprecated }),
    ...(method.since === undefined ? {} : { 'x-since': method.since }),
    'x-permission': {
      rule: requirementInWords(method.requires),
      requires: method.requires as unknown as Json,
    },
    'x-reads': isReading(method.name),
    'x-events': (method.emits ?? []).map(({ type }) => type),
    'x-aliases': [...method.aliases],
  };
}

function parameter(arg: ArgumentDescriptor, refer: (schema: JsonSchema) => Json): JsonObject {
  const schema = refer(arg.schema) as JsonObject;
  const isShown = arg.default !== undefined && arg.default !== null;
  return {
    name: arg.name,
    required: arg.required,
    ...(arg.description === '' ? {} : { description: arg.description }),
    schema: isShown ? { ...schema, default: arg.default as Json } : schema,
    ...(arg.secret ? { 'x-secret': true } : {}),
    ...(arg.aliases.length === 0 ? {} : { 'x-aliases': [...arg.aliases] }),
  };
}

function examplePairing({ about, caller, args, result }: ExecutedCall): JsonObject {
  return {
    name: about ?? 'example',
    description: `called by ${caller}`,
    params: Object.entries(args).map(([name, value]) => ({ name, value: value as Json })),
    result: { name: 'result', value: result as Json },
  };
}
