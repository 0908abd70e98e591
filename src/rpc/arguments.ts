import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { ValidationError } from 'class-validator';
import type { JsonSchema } from '../sdk/index.js';
import { argumentAliasesOf, impliedBy, isOlderArgument } from './aliases.js';
import { coerce } from './arguments/coercion.js';
import type { Coercion } from './arguments/coercion.js';
import { descriptionOf } from './arguments/description.js';
import { fastCheckOf } from './arguments/fast-check.js';
import { isOptionalByRule, nestedClassOf, propertiesOf, schemaOf } from './arguments/schema.js';
import type { ArgsClass } from './arguments/schema.js';

/** One argument of a method, in declared order: for binding by position, documentation and `rpc.discover`. */
export interface ArgumentDescriptor {
  readonly name: string;
  readonly required: boolean;
  /** An explicit null is a value of its own; elsewhere it counts as not given. */
  readonly nullable: boolean;
  readonly secret: boolean;
  readonly description: string;
  readonly schema: JsonSchema;
  /** What the handler sees when it is left out; undefined where that is nothing. */
  readonly default: unknown;
  /** Older names under which it is taken. */
  readonly aliases: readonly string[];
}

/** Why arguments were refused, for the dialect to word. */
export type ArgumentProblem =
  | { readonly kind: 'missing'; readonly name: string }
  | { readonly kind: 'unknown'; readonly names: readonly string[] }
  | { readonly kind: 'surplus'; readonly given: number; readonly taken: number }
  | { readonly kind: 'value'; readonly name: string; readonly message: string };

export class Refusal {
  constructor(readonly problem: ArgumentProblem) {}
}

interface Slot {
  readonly name: string;
  readonly index: number;
  readonly required: boolean;
  readonly keepsNull: boolean;
  readonly coercion: Coercion;
  readonly nested: ArgsClass | null;
}

type Instance = Record<string, unknown>;

/** Turns what a client sent into what the handler takes, or says why not. */
export interface Binder {
  readonly descriptors: readonly ArgumentDescriptor[];
  /** Missing arguments are found before unknown ones, and both before any value is looked at. */
  byName(given: Record<string, unknown>, dropUnknown: boolean): object | Refusal;
  /** In declared order. */
  byPosition(given: readonly unknown[]): object | Refusal;
  /** Today's name of an argument; undefined where the method takes nothing of that name. */
  todaysName(name: string): string | undefined;
  /** Older names among those that were sent -> today's. */
  olderNames(given: object): [older: string, today: string][];
}

/** Turns what a client sent into an instance of the method's argument class, or says why not. Made once per method. */
export class ArgumentBinder implements Binder {
  readonly descriptors: readonly ArgumentDescriptor[];
  private readonly slots: readonly Slot[];
  private readonly blank: readonly unknown[];
  private readonly slotByName: ReadonlyMap<string, Slot>;

  constructor(
    method: string,
    private readonly target: ArgsClass | null,
  ) {
    const shape = target ? describe(method, target) : { descriptors: [], slots: [] };
    this.descriptors = shape.descriptors;
    this.slots = shape.slots;
    this.blank = this.slots.map(() => undefined);
    const byName = new Map<string, Slot>();
    for (const slot of this.slots) {
      for (const alias of this.descriptors[slot.index]?.aliases ?? [])
        if (!byName.has(alias)) byName.set(alias, slot);
    }
    for (const slot of this.slots) byName.set(slot.name, slot);
    this.slotByName = byName;
  }

  /** By name. Missing arguments are found before unknown ones, and both before any value is looked at. */
  byName(given: Instance, dropUnknown: boolean): object | Refusal {
    const values = this.blank.slice();
    let unknown: string[] | null = null;
    for (const name of Object.keys(given)) {
      const slot = this.slotByName.get(name);
      // An older name beside today's is not understood, rather than silently losing one of the two.
      if (!slot || (slot.name !== name && Object.hasOwn(given, slot.name))) (unknown ??= []).push(name);
      else {
        values[slot.index] = given[name];
        if (slot.name !== name) this.imply(values, given, name);
      }
    }
    return (
      this.missing(values) ??
      (unknown && !dropUnknown ? refuse({ kind: 'unknown', names: unknown }) : this.build(values))
    );
  }

  /** By position, in declared order. */
  byPosition(given: readonly unknown[]): object | Refusal {
    if (given.length > this.slots.length) {
      return refuse({ kind: 'surplus', given: given.length, taken: this.slots.length });
    }
    return this.missing(given) ?? this.build(given);
  }

  todaysName(name: string): string | undefined {
    return this.slotByName.get(name)?.name;
  }

  olderNames(given: object): [older: string, today: string][] {
    return olderNamesOf(this, given);
  }

  /** What an older name says beside its value gives way to what is said outright. */
  private imply(values: unknown[], given: Instance, alias: string): void {
    for (const [name, value] of Object.entries(impliedBy(alias, given[alias]))) {
      const slot = this.slotByName.get(name);
      if (slot && !Object.hasOwn(given, name)) values[slot.index] = value;
    }
  }

  private missing(values: readonly unknown[]): Refusal | null {
    for (let index = this.slots.length - 1; index >= 0; index--) {
      const slot = this.slots[index];
      if (slot?.required && values[index] === undefined) return refuse({ kind: 'missing', name: slot.name });
    }
    return null;
  }

  private build(values: readonly unknown[]): object | Refusal {
    if (!this.target) return NO_ARGUMENTS;
    const instance = new this.target() as Instance;
    for (const slot of this.slots) {
      const value = values[slot.index];
      if (value === undefined || (value === null && !slot.required && !slot.keepsNull)) continue;
      const coerced = coerce(slot.coercion, value);
      instance[slot.name] =
        slot.nested && typeof coerced === 'object' ? plainToInstance(slot.nested, coerced) : coerced;
    }
    if (fastCheckOf(this.target)?.(instance)) return instance;
    const [error] = validateSync(instance, { stopAtFirstError: true, forbidUnknownValues: false });
    return error ? refuse({ kind: 'value', name: error.property, message: worded(error) }) : instance;
  }
}

export function olderNamesOf(binder: Pick<Binder, 'todaysName'>, given: object): [string, string][] {
  return Object.keys(given).flatMap((name) => {
    const today = binder.todaysName(name);
    return today !== undefined && isOlderArgument(name, today) ? [[name, today]] : [];
  });
}

const NO_ARGUMENTS = Object.freeze({});
const refuse = (problem: ArgumentProblem) => new Refusal(problem);

function worded(error: ValidationError, path = error.property): string {
  const nested = error.children?.[0];
  if (nested) return worded(nested, `${path}.${nested.property}`);
  const [text = 'is not valid'] = Object.values(error.constraints ?? {});
  return text.startsWith('argument `')
    ? text.replace(/`[^`]*`/, () => `\`${path}\``)
    : `argument \`${path}\`: ${text}`;
}

function describe(method: string, target: ArgsClass): { descriptors: ArgumentDescriptor[]; slots: Slot[] } {
  const prototype = target.prototype as object;
  const initial = new target() as Instance;
  const { properties } = schemaOf(target);
  const names = propertiesOf(target);
  const taken = new Set(names);
  const descriptors = names.map((name): ArgumentDescriptor => {
    const own = descriptionOf(prototype, name);
    const optional = isOptionalByRule(target, name) && !(own?.nullable && !own.optional);
    return {
      name,
      required: !optional && initial[name] === undefined,
      nullable: own?.nullable ?? false,
      secret: own?.secret ?? false,
      description: own?.description ?? '',
      schema: properties[name] ?? {},
      default: initial[name],
      aliases: argumentAliasesOf(method, name, taken),
    };
  });
  const slots = descriptors.map((descriptor, index) => ({
    name: descriptor.name,
    index,
    required: descriptor.required,
    keepsNull: descriptor.nullable,
    coercion: descriptionOf(prototype, descriptor.name)?.coercion ?? coercionOf(descriptor.schema),
    nested: nestedClassOf(target, descriptor.name),
  }));
  return { descriptors, slots };
}

/** For properties with class-validator's own decorators only. */
function coercionOf({ type }: JsonSchema): Coercion {
  const plain: unknown = Array.isArray(type) ? type.find((each) => each !== 'null') : type;
  return plain === 'boolean' || plain === 'integer' ? plain : 'none';
}
