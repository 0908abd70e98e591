import type { ErrorObject } from 'ajv';
import { nearestName } from '../config/nearest-name.js';
import type { JsonSchema } from '../sdk/index.js';

const KINDS_OF_VALUES: Readonly<Record<string, string>> = {
  array: 'a list, e.g. ["..."]',
  object: 'an object, e.g. { ... }',
  string: 'a text in quotes',
  boolean: 'true or false',
  integer: 'a whole number',
};

/** What is wrong with a plugin.json, member by member. @param errors of a validator with `verbose` */
export const manifestProblems = (errors: readonly ErrorObject[]): string[] =>
  errors.map(({ instancePath, keyword, params, parentSchema, message = 'is not valid' }) => {
    const path = instancePath.slice(1).replaceAll('/', '.');
    const member = (name: string) => (path === '' ? name : `${path}.${name}`);
    const schema = (parentSchema ?? {}) as JsonSchema;
    if (keyword === 'additionalProperties') {
      const { additionalProperty } = params as { additionalProperty: string };
      const known = Object.keys((schema['properties'] ?? {}) as object);
      return `${member(additionalProperty)} is not known; the nearest one is ${member(nearestName(additionalProperty, known))}`;
    }
    if (keyword === 'required')
      return `${member((params as { missingProperty: string }).missingProperty)} is missing`;
    if (keyword === 'type') {
      const { type } = params as { type: string };
      return `${path || 'plugin.json'} must be ${KINDS_OF_VALUES[type] ?? type}`;
    }
    const { description } = schema;
    const wanted = keyword === 'pattern' && typeof description === 'string' ? `: ${description}` : '';
    return `${path} ${message}${wanted}`;
  });
