import { Ajv } from 'ajv';
import { isExact, schemaOf, type ArgsClass } from './schema.js';

type Check = (instance: unknown) => boolean;

const ajv = new Ajv({ strict: false, validateFormats: false });
const checks = new WeakMap<ArgsClass, Check | null>();

/**
 * Compiled at the first call that needs it: doing so for every method took a good part of each start.
 * @returns null when class-validator must look at every call, because no schema says exactly the same
 */
export function fastCheckOf(target: ArgsClass): Check | null {
  let check = checks.get(target);
  if (check === undefined) {
    check = isExact(target) ? ajv.compile(schemaOf(target)) : null;
    checks.set(target, check);
  }
  return check;
}
