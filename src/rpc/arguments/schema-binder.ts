import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { JsonSchema } from '../../sdk/index.js';
import { argumentAliasesOf } from '../aliases.js';
import { olderNamesOf, Refusal, type ArgumentDescriptor, type Binder } from '../arguments.js';
import { coerce, type Coercion } from './coercion.js';

interface Slot {
  readonly name: string;
  readonly required: boolean;
  readonly nullable: boolean;
  readonly coercion: Coercion;
}

const ajv = new Ajv({ strict: false, useDefaults: true, validateFormats: false, addUsedSchema: false });

/**
 * Binds arguments by a JSON Schema, for methods that are declared at run time. Same rules as for classes: missing before
 * unknown, null counts as not given, texts of numbers and truth values are taken for what they say.
 */
export class SchemaBinder implements Binder {
  readonly descriptors: readonly ArgumentDescriptor[];
  private readonly slots: ReadonlyMap<string, Slot>;
  private readonly order: readonly string[];
  private readonly validate: ValidateFunction;

  /** @throws Error when the schema is none, or none of an object */
  constructor(method: string, schema: JsonSchema) {
    const {
      type,
      properties = {},
      required = [],
    } = schema as {
      type?: unknown;
      properties?: Record<string, JsonSchema>;
      required?: readonly string[];
    };
    if (type !== 'object') throw new Error(`method ${method}: \`args\` is the schema of an object`);
    this.validate = ajv.compile({ ...schema, additionalProperties: false });
    this.order = Object.keys(properties);
    const taken = new Set(this.order);
    this.descriptors = this.order.map((name) => {
      const own = properties[name] ?? {};
      return {
        name,
        required: required.includes(name) && own['default'] === undefined,
        nullable: typesOf(own).includes('null'),
        secret: own['x-secret'] === true,
        description: typeof own['description'] === 'string' ? own['description'] : '',
        schema: own,
        default: own['default'],
        aliases: argumentAliasesOf(method, name, taken),
      };
    });
    const slots = new Map<string, Slot>();
    for (const { name, required: isRequired, nullable, schema: own, aliases } of this.descriptors) {
      const slot = { name, required: isRequired, nullable, coercion: coercionOf(own) };
      for (const alias of aliases) if (!slots.has(alias)) slots.set(alias, slot);
    }
    for (const { name, required: isRequired, nullable, schema: own } of this.descriptors)
      slots.set(name, { name, required: isRequired, nullable, coercion: coercionOf(own) });
    this.slots = slots;
  }

  byName(given: Record<string, unknown>, dropUnknown: boolean): object | Refusal {
    const values: Record<string, unknown> = {};
    const unknown: string[] = [];
    for (const [name, value] of Object.entries(given)) {
      const slot = this.slots.get(name);
      if (!slot || (slot.name !== name && Object.hasOwn(given, slot.name))) unknown.push(name);
      else values[slot.name] = value;
    }
    const missing = this.missing(values);
    if (missing) return missing;
    if (unknown.length > 0 && !dropUnknown) return new Refusal({ kind: 'unknown', names: unknown });
    return this.checked(values);
  }

  byPosition(given: readonly unknown[]): object | Refusal {
    if (given.length > this.order.length)
      return new Refusal({ kind: 'surplus', given: given.length, taken: this.order.length });
    const values: Record<string, unknown> = {};
    given.forEach((value, index) => (values[this.order[index] as string] = value));
    return this.missing(values) ?? this.checked(values);
  }

  todaysName(name: string): string | undefined {
    return this.slots.get(name)?.name;
  }

  olderNames(given: object): [older: string, today: string][] {
    return olderNamesOf(this, given);
  }

  private missing(values: Record<string, unknown>): Refusal | null {
    const name = this.descriptors.findLast(
      ({ name: each, required }) => required && values[each] === undefined,
    );
    return name ? new Refusal({ kind: 'missing', name: name.name }) : null;
  }

  private checked(values: Record<string, unknown>): object | Refusal {
    const bound: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(values)) {
      const slot = this.slots.get(name);
      if (!slot || value === undefined || (value === null && !slot.required && !slot.nullable)) continue;
      bound[name] = coerce(slot.coercion, value);
    }
    if (this.validate(bound)) return bound;
    const [error] = this.validate.errors ?? [];
    return new Refusal({ kind: 'value', ...worded(error) });
  }
}

function worded(error: ErrorObject | undefined): { name: string; message: string } {
  const path = (error?.instancePath ?? '').slice(1).replaceAll('/', '.');
  const [name = ''] = path.split('.');
  return { name, message: `argument \`${path}\` ${error?.message ?? 'is not valid'}` };
}

const typesOf = ({ type }: JsonSchema): unknown[] => (Array.isArray(type) ? type : [type]);

function coercionOf(schema: JsonSchema): Coercion {
  const plain = typesOf(schema).find((type) => type !== 'null');
  return plain === 'boolean' || plain === 'integer' ? plain : 'none';
}
