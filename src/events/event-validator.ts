import { Ajv, type ValidateFunction } from 'ajv';
import type { EventContract, JsonSchema } from '../sdk/index.js';

const ajv = new Ajv({ strict: false, addUsedSchema: false });
const compiled = new WeakMap<object, ValidateFunction>();

/**
 * Published schemas stay open, so that a new member does not break subscribers who check with an older copy.
 * What the gateway itself sends must hold nothing that the contract does not name.
 */
function closed(schema: JsonSchema): JsonSchema {
  const result: JsonSchema = {};
  for (const [keyword, value] of Object.entries(schema)) result[keyword] = closedValue(value);
  if (schema.properties !== undefined && schema.additionalProperties === undefined) {
    result.properties = Object.fromEntries(
      Object.entries(schema.properties as Record<string, JsonSchema>).map(([name, part]) => [
        name,
        closed(part),
      ]),
    );
    result.additionalProperties = false;
  }
  return result;
}

function closedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closedValue);
  return typeof value === 'object' && value !== null ? closed(value as JsonSchema) : value;
}

/**
 * Why `data` (without event_id, actor and request_id) breaks the contract, e.g. `/repo/owner must be string`;
 * null when it keeps it.
 */
export function contractViolation(contract: EventContract<string, unknown>, data: unknown): string | null {
  let validate = compiled.get(contract);
  if (validate === undefined) {
    validate = ajv.compile(closed(contract.schema));
    compiled.set(contract, validate);
  }
  if (validate(data)) return null;
  const [error] = validate.errors ?? [];
  const extra = (error?.params as { additionalProperty?: string } | undefined)?.additionalProperty;
  return `${error?.instancePath || 'data'} ${error?.message ?? 'is invalid'}${extra ? ` (${extra})` : ''}`;
}
