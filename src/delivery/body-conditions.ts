import type { Json } from '../sdk/index.js';

type Operators = Readonly<Record<string, Json>>;

/** Paths with operators, all of which must hold; `$or`, `$and` take lists, `$not` one of these. */
export interface Conditions {
  readonly [pathOrOperator: string]: Operators | Conditions | readonly Conditions[];
}

const scalar = { type: ['string', 'number', 'boolean', 'null'] };
const number = { type: ['number', 'string'] };
const list = { type: 'array', minItems: 1, maxItems: 100, items: scalar };
const text = { type: 'string', maxLength: 1000 };

/** Definitions of a JSON Schema; the conditions are `conditions`. */
export const CONDITIONS_SCHEMA = {
  conditions: {
    type: 'object',
    minProperties: 1,
    maxProperties: 50,
    properties: {
      $or: { type: 'array', minItems: 1, maxItems: 50, items: { $ref: '#/definitions/conditions' } },
      $and: { type: 'array', minItems: 1, maxItems: 50, items: { $ref: '#/definitions/conditions' } },
      $not: { $ref: '#/definitions/conditions' },
    },
    patternProperties: { '^[A-Za-z_][\\w.]*$': { $ref: '#/definitions/operators' } },
    additionalProperties: false,
  },
  operators: {
    type: 'object',
    minProperties: 1,
    additionalProperties: false,
    properties: {
      $eq: scalar,
      $neq: scalar,
      $in: list,
      $nin: list,
      $gt: number,
      $gte: number,
      $lt: number,
      $lte: number,
      $startsWith: text,
      $endsWith: text,
      $contains: text,
      $exist: { type: 'boolean' },
    },
  },
};

/** The first condition that does not hold, for people; null when all do. */
export function bodyMismatch(conditions: Conditions, event: object): string | null {
  for (const [name, condition] of Object.entries(conditions)) {
    const reason = mismatch(name, condition, event);
    if (reason !== null) return reason;
  }
  return null;
}

function mismatch(name: string, condition: Conditions[string], event: object): string | null {
  if (name === '$not') {
    return bodyMismatch(condition as Conditions, event) === null ? 'what must not hold does ($not)' : null;
  }
  if (name === '$and' || name === '$or') {
    const reasons = (condition as readonly Conditions[]).map((each) => bodyMismatch(each, event));
    if (name === '$and') return reasons.find((reason) => reason !== null) ?? null;
    return reasons.includes(null) ? null : `none of $or holds: ${reasons.join('; ')}`;
  }
  const value = valueAt(event, name);
  const failed = Object.entries(condition as Operators).find(
    ([operator, wanted]) => !holds(operator, value, wanted),
  );
  return failed ? `${name} is not ${failed[0]} ${JSON.stringify(failed[1])}` : null;
}

/** `data.refs.0.name`; undefined when there is no such member. */
function valueAt(event: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, member) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, member)
          ? (value as Record<string, unknown>)[member]
          : undefined,
      event,
    );
}

function holds(operator: string, value: unknown, wanted: Json): boolean {
  switch (operator) {
    case '$eq':
      return value === wanted;
    case '$neq':
      return value !== wanted;
    case '$in':
      return (wanted as Json[]).includes(value as Json);
    case '$nin':
      return !(wanted as Json[]).includes(value as Json);
    case '$exist':
      return (value !== undefined) === wanted;
    case '$contains':
      return Array.isArray(value)
        ? value.includes(wanted)
        : typeof value === 'string' && value.includes(wanted as string);
    case '$startsWith':
      return typeof value === 'string' && value.startsWith(wanted as string);
    case '$endsWith':
      return typeof value === 'string' && value.endsWith(wanted as string);
    default:
      return typeof value === typeof wanted && isOrdered(operator, value as number, wanted as number);
  }
}

/** Numbers, and texts such as times. */
function isOrdered(operator: string, value: number, wanted: number): boolean {
  if (operator === '$gt') return value > wanted;
  if (operator === '$gte') return value >= wanted;
  return operator === '$lt' ? value < wanted : value <= wanted;
}
