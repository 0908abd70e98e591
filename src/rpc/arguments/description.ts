import type { Coercion } from './coercion.js';

/** What our own decorators say of an argument beyond class-validator's metadata. */
export interface ArgumentDescription {
  readonly coercion: Coercion;
  readonly optional: boolean;
  readonly nullable: boolean;
  readonly description: string;
  readonly secret: boolean;
}

const descriptions = new WeakMap<object, Map<string, ArgumentDescription>>();

export const describeArgument =
  (description: ArgumentDescription): PropertyDecorator =>
  (prototype, property) => {
    const own = descriptions.get(prototype) ?? new Map<string, ArgumentDescription>();
    descriptions.set(prototype, own.set(String(property), description));
  };

/** The description of a property, looked for along the class's ancestors. */
export function descriptionOf(prototype: object, property: string): ArgumentDescription | undefined {
  for (let at: object | null = prototype; at; at = Object.getPrototypeOf(at) as object | null) {
    const found = descriptions.get(at)?.get(property);
    if (found) return found;
  }
  return undefined;
}
