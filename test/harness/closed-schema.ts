import { Ajv, type ValidateFunction } from 'ajv';
import type { JsonSchema } from '../../src/sdk/index.js';

const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });

/**
 * Compiles a schema of results so that it takes no member that it does not name. The published one is open, because
 * members may be added; an answer with a member that its declaration does not know has drifted from it, though.
 */
export const closed = (schema: JsonSchema): ValidateFunction => ajv.compile(close(schema) as JsonSchema);

function close(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(close);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([keyword, value]) => [keyword, close(value)]));
  if (copy.properties && copy.additionalProperties === undefined) copy.additionalProperties = false;
  return copy;
}

/** What does not fit, in one line; null when all does. */
export function misfit(check: ValidateFunction, answer: unknown): string | null {
  if (check(answer)) return null;
  return (check.errors ?? [])
    .map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)
    .join('; ');
}
