import { applyDecorators } from '@nestjs/common';
import { IsOptional } from 'class-validator';
import { describeArgument } from './arguments/description.js';
import type { Coercion } from './arguments/coercion.js';
import { checked } from './arguments/validators.js';
import type { CheckName, CheckOptions } from './arguments/validators.js';

export interface ArgumentOptions {
  /** May be left out; an explicit null then counts as left out. An initial value in the class does the same. */
  readonly optional?: boolean;
  /** An explicit null is a value of its own and reaches the handler. */
  readonly nullable?: boolean;
  readonly description?: string;
  /** Never shown in refusals, documentation examples or logs. */
  readonly secret?: boolean;
}

function argument(
  name: CheckName,
  coercion: Coercion,
  options: ArgumentOptions & CheckOptions,
): PropertyDecorator {
  const { optional = false, nullable = false, description = '', secret = false, min, max, values } = options;
  return applyDecorators(
    describeArgument({ coercion, optional, nullable, description, secret }),
    checked(name, { min, max, values, secret }),
    ...(optional || nullable ? [IsOptional()] : []),
  );
}

/** `number | string`: a primary key or a name. Integers stay numbers, strings stay strings (digits too). */
export const Id = (options: ArgumentOptions = {}): PropertyDecorator =>
  argument('isIdArgument', 'none', options);

/** `string`; lengths count characters (code points). An integer becomes its digits. */
export const Text = (options: ArgumentOptions & { min?: number; max?: number } = {}): PropertyDecorator =>
  argument('isTextArgument', 'text', options);

/** `boolean`; also the words `true 1 yes on t y` and `false 0 no off f n` in any case, and the numbers 1 and 0. */
export const Bool = (options: ArgumentOptions = {}): PropertyDecorator =>
  argument('isBooleanArgument', 'boolean', options);

/** `number`, a safe integer; also a string of digits. */
export const Int = (options: ArgumentOptions & { min?: number; max?: number } = {}): PropertyDecorator =>
  argument('isIntegerArgument', 'integer', options);

/** One of the listed values, exactly as written. */
export const OneOf = (
  values: readonly (string | number)[],
  options: ArgumentOptions = {},
): PropertyDecorator => argument('isOneOfArgument', 'none', { ...options, values });

/** `string[]`; a single string counts as a list of one. */
export const StringList = (options: ArgumentOptions & { max?: number } = {}): PropertyDecorator =>
  argument('isStringListArgument', 'list', options);

/** `unknown[]`, where the service judges the items; a single string or number counts as a list of one. */
export const List = (options: ArgumentOptions & { max?: number } = {}): PropertyDecorator =>
  argument('isListArgument', 'list', options);

/** `Record<string, unknown>`; also the JSON text of an object, which is all that the command line clients can send. */
export const JsonObjectArg = (options: ArgumentOptions = {}): PropertyDecorator =>
  argument('isObjectArgument', 'object', options);
