import { Ajv, type ErrorObject } from 'ajv';
import type { JsonObject, JsonSchema } from '../sdk/index.js';

/** A plugin that is started again may bring the same `$id` again. */
const ajv = new Ajv({
  strict: false,
  allErrors: true,
  useDefaults: true,
  verbose: true,
  addUsedSchema: false,
});
const EMPTY: JsonSchema = { type: 'object', additionalProperties: false };

/** The settings of an adapter's subscriptions: checked, and parted into what may be shown and what may not. */
export class AdapterConfig {
  readonly schema: JsonSchema;
  /** Members marked `"x-secret": true`. */
  readonly secretNames: ReadonlySet<string>;
  private readonly validate;

  /** @throws Error when the schema itself is unusable */
  constructor(schema: JsonSchema = EMPTY) {
    this.schema = schema;
    this.validate = ajv.compile(schema);
    const members = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
    this.secretNames = new Set(
      members.filter(([, member]) => member['x-secret'] === true).map(([name]) => name),
    );
    for (const [name, { ['x-secret']: _own, ...inner }] of members) {
      if (JSON.stringify(inner).includes('"x-secret"')) {
        throw new Error(`config.${name}: only members of the first level can be x-secret`);
      }
    }
  }

  /** Fills defaults in. @returns what is wrong, naming the members; null when nothing is */
  problem(config: JsonObject): string | null {
    if (this.validate(config)) return null;
    return (this.validate.errors ?? []).map(describe).join('; ');
  }

  split(config: JsonObject): { open: JsonObject; secret: JsonObject } {
    const open: JsonObject = {};
    const secret: JsonObject = {};
    for (const [name, value] of Object.entries(config))
      (this.secretNames.has(name) ? secret : open)[name] = value;
    return { open, secret };
  }
}

function describe({
  instancePath,
  keyword,
  message = 'is invalid',
  params,
  parentSchema,
}: ErrorObject): string {
  const path = `config${instancePath.replaceAll('/', '.')}`;
  const named = params as {
    additionalProperty?: string;
    missingProperty?: string;
    allowedValues?: unknown[];
  };
  if (keyword === 'additionalProperties')
    return `${path}.${named.additionalProperty} is not known to this adapter`;
  if (keyword === 'required') return `${path}.${named.missingProperty} is required`;
  if (keyword === 'enum') return `${path} must be one of ${(named.allowedValues ?? []).join(', ')}`;
  // A regular expression tells nobody what is wanted; the schema may say it
  const { description } = (parentSchema ?? {}) as JsonSchema;
  if (keyword === 'pattern' && typeof description === 'string') return `${path} must be ${description}`;
  return `${path} ${message}`;
}
