import { createRequire } from 'node:module';
import type { MetadataStorage as TransformerStorage } from 'class-transformer/types/MetadataStorage.js';
import { getMetadataStorage } from 'class-validator';
import { targetConstructorToSchema } from 'class-validator-jsonschema';
import type { JsonSchema } from '../../sdk/index.js';
import { CHECK_SCHEMAS } from './validators.js';

export type ArgsClass = new () => object;

/** Not exported from class-transformer's index; nested classes cannot be found without it. */
const { defaultMetadataStorage: transformers } = createRequire(import.meta.url)(
  'class-transformer/cjs/storage.js',
) as { defaultMetadataStorage: TransformerStorage };

/** Validators whose JSON Schema accepts nothing that they refuse. A class with any other is checked the slow way. */
const EXACT = new Set([
  ...Object.keys(CHECK_SCHEMAS),
  'isString',
  'isBoolean',
  'isInt',
  'isObject',
  'isDefined',
  'min',
  'max',
  'isOptional',
  'nestedValidation',
]);

/** The class of a nested object or of a list's items; null for plain values. */
export function nestedClassOf(target: ArgsClass, property: string): ArgsClass | null {
  const found: unknown = transformers.findTypeMetadata(target, property)?.typeFunction?.();
  return typeof found === 'function' ? (found as ArgsClass) : null;
}

interface RuleMetadata {
  readonly propertyName: string;
  readonly target: unknown;
  readonly name: string;
}

function rulesOf(target: ArgsClass): RuleMetadata[] {
  const storage = getMetadataStorage();
  return storage.getTargetValidationMetadatas(target, '', true, false).map((rule) => ({
    propertyName: rule.propertyName,
    target: rule.target,
    name: storage.getTargetValidatorConstraints(rule.constraintCls)[0]?.name ?? rule.name ?? rule.type,
  }));
}

/** Properties in the order they are written, those of an ancestor first. */
export function propertiesOf(target: ArgsClass): string[] {
  const ancestors: unknown[] = [];
  for (let at: unknown = target; typeof at === 'function'; at = Object.getPrototypeOf(at))
    ancestors.unshift(at);
  const rules = rulesOf(target);
  const ordered = ancestors.flatMap((ancestor) => rules.filter((rule) => rule.target === ancestor));
  return [...new Set(ordered.map((rule) => rule.propertyName))];
}

export const isOptionalByRule = (target: ArgsClass, property: string): boolean =>
  rulesOf(target).some(
    (rule) => rule.propertyName === property && ['isOptional', 'conditionalValidation'].includes(rule.name),
  );

/** Whether the schema may stand for the validators: every value that it accepts, they accept. */
export function isExact(target: ArgsClass): boolean {
  return rulesOf(target).every((rule) => {
    if (!EXACT.has(rule.name)) return false;
    if (rule.name !== 'nestedValidation') return true;
    const nested = nestedClassOf(target, rule.propertyName);
    return nested !== null && isExact(nested);
  });
}

type Converter = (meta: { target: unknown; propertyName: string }) => JsonSchema;

const nestedValidation: Converter = ({ target, propertyName }) => {
  const nested = nestedClassOf(target as ArgsClass, propertyName);
  return nested ? schemaOf(nested) : { type: 'object' };
};

/** JSON Schema of a class of arguments, without references. Optional properties also take null, as class-validator does. */
export function schemaOf(target: ArgsClass): JsonSchema & { properties: Record<string, JsonSchema> } {
  const schema = targetConstructorToSchema(target, {
    additionalConverters: { ...CHECK_SCHEMAS, nestedValidation } as never,
    classTransformerMetadataStorage: transformers,
  }) as JsonSchema & { properties?: Record<string, JsonSchema> };
  const properties = schema.properties ?? {};
  for (const [name, property] of Object.entries(properties)) {
    if (isOptionalByRule(target, name)) properties[name] = orNull(property);
  }
  return { ...schema, type: 'object', properties };
}

function orNull(schema: JsonSchema): JsonSchema {
  if (typeof schema.type === 'string') return { ...schema, type: [schema.type, 'null'] };
  if (Array.isArray(schema.type)) return { ...schema, type: [...(schema.type as string[]), 'null'] };
  return { anyOf: [schema, { type: 'null' }] };
}
