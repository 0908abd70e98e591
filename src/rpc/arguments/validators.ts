import { ValidateBy } from 'class-validator';
import type { ValidationArguments } from 'class-validator';
import type { JsonSchema } from '../../sdk/index.js';

/** A check together with its JSON Schema; a test proves on random values that the two agree. */
interface Check {
  readonly accepts: (value: unknown, options: CheckOptions) => boolean;
  readonly schema: (options: CheckOptions) => JsonSchema;
  readonly expected: (options: CheckOptions) => string;
}

export interface CheckOptions {
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly (string | number)[];
  /** Never repeat the value in a refusal. */
  readonly secret?: boolean;
}

/** PostgreSQL cannot keep U+0000 in text, so it is refused at the door. */
const NO_NUL = '^[^\\u0000]*$';

function codePoints(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    count++;
    const unit = text.charCodeAt(index);
    const next = text.charCodeAt(index + 1);
    if (unit >= 0xd800 && unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) index++;
  }
  return count;
}

const isText = (value: unknown): value is string => typeof value === 'string' && !value.includes('\0');

const range = ({ min, max }: CheckOptions, unit: string) =>
  min === undefined && max === undefined
    ? ''
    : max === undefined
      ? ` of at least ${String(min)}${unit}`
      : ` of ${min === undefined ? 'at most' : `${String(min)} to`} ${String(max)}${unit}`;

/** By name: class-validator shows the name, `class-validator-jsonschema` finds the schema by it. */
export const CHECKS = {
  isIdArgument: {
    accepts: (value) => (typeof value === 'string' ? isText(value) : Number.isSafeInteger(value)),
    schema: () => ({
      type: ['integer', 'string'],
      minimum: Number.MIN_SAFE_INTEGER,
      maximum: Number.MAX_SAFE_INTEGER,
      pattern: NO_NUL,
    }),
    expected: () => 'an id (integer) or a name (string)',
  },
  isTextArgument: {
    accepts: (value, { min = 0, max = Infinity }) => {
      if (!isText(value)) return false;
      if (value.length <= max && min === 0) return true;
      const length = codePoints(value);
      return length >= min && length <= max;
    },
    schema: ({ min, max }) => ({
      type: 'string',
      ...(min === undefined ? {} : { minLength: min }),
      ...(max === undefined ? {} : { maxLength: max }),
      pattern: NO_NUL,
    }),
    expected: (options) => `a string${range(options, ' characters')} without NUL characters`,
  },
  isBooleanArgument: {
    accepts: (value) => typeof value === 'boolean',
    schema: () => ({ type: 'boolean' }),
    expected: () => 'a boolean (true or false)',
  },
  isIntegerArgument: {
    accepts: (value, { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER }) =>
      Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max,
    schema: ({ min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER }) => ({
      type: 'integer',
      minimum: min,
      maximum: max,
    }),
    expected: (options) => `an integer${range(options, '')}`,
  },
  isOneOfArgument: {
    accepts: (value, { values = [] }) => values.includes(value as string),
    schema: ({ values = [] }) => ({ enum: [...values] }),
    expected: ({ values = [] }) => `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`,
  },
  isStringListArgument: {
    accepts: (value, { max = Infinity }) =>
      Array.isArray(value) && value.length <= max && value.every(isText),
    schema: ({ max }) => ({
      type: 'array',
      items: { type: 'string', pattern: NO_NUL },
      ...(max === undefined ? {} : { maxItems: max }),
    }),
    expected: ({ max }) => `a list of strings${max === undefined ? '' : ` (${String(max)} at most)`}`,
  },
  isListArgument: {
    accepts: (value, { max = Infinity }) => Array.isArray(value) && value.length <= max,
    schema: ({ max }) => ({ type: 'array', ...(max === undefined ? {} : { maxItems: max }) }),
    expected: ({ max }) => `a list${max === undefined ? '' : ` (${String(max)} at most)`}`,
  },
  isObjectArgument: {
    accepts: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    schema: () => ({ type: 'object' }),
    expected: () => 'an object',
  },
} as const satisfies Record<string, Check>;

export type CheckName = keyof typeof CHECKS;

/** The value as a caller may see it again: short, on one line. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    return value.length > 40 ? `a string of ${String(value.length)} characters` : JSON.stringify(value);
  }
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}

export function checked(name: CheckName, options: CheckOptions): PropertyDecorator {
  const check: Check = CHECKS[name];
  const message = ({ property, value }: ValidationArguments) =>
    `argument \`${property}\` must be ${check.expected(options)}` +
    (options.secret ? '' : `, got ${shown(value)}`);
  return ValidateBy(
    {
      name,
      constraints: [options],
      validator: { validate: (value: unknown) => check.accepts(value, options), defaultMessage: message },
    },
    { message },
  ) as PropertyDecorator;
}

/** Converters for `class-validator-jsonschema`. */
export const CHECK_SCHEMAS = Object.fromEntries(
  Object.entries<Check>(CHECKS).map(([name, check]) => [
    name,
    (meta: { constraints: unknown[] }) => check.schema((meta.constraints[0] ?? {}) as CheckOptions),
  ]),
);
