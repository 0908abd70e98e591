import { Type, type Static, type TProperties, type TSchema } from 'typebox';
import type { JsonSchema } from '../sdk/index.js';
import type { JsonText } from './json-text.js';

/**
 * Shapes of results: JSON Schemas of which the compiler knows the type. A method declares one as its `result`; a handler
 * that answers something else does not compile, and every test that calls a method compares its answer with the shape.
 *
 * ```ts
 * export const Follower = named('Follower', { user_id: id, username: text, since: localTime, note: orNull(text) });
 * @RpcMethod('get_followers', { requires: repo('read'), result: listOf(Follower), summary: '...' })
 * ```
 */
export type Shape = TSchema;

/** The type of what fits a shape. */
export type ResultOf<S extends Shape> = ReadonlyLists<Static<S>>;

/** What a handler of a method with that result may return. */
export type Returned<S extends Shape> = MaybeLater<ResultOf<S> | JsonText<ResultOf<S>>>;

type MaybeLater<T> = T | Promise<T>;
type ReadonlyLists<T> = T extends readonly unknown[]
  ? { readonly [Key in keyof T]: ReadonlyLists<T[Key]> }
  : T extends object
    ? { [Key in keyof T]: ReadonlyLists<T[Key]> }
    : T;

/** As JSON Schema, for documents and validators. */
export const schemaOfResult = (shape: Shape): JsonSchema => shape as JsonSchema;

export const text = Type.String();
export const flag = Type.Boolean();
export const integer = Type.Integer();
export const number = Type.Number();
/** Of a row. */
export const id = Type.Integer({ minimum: 1 });
export const yes = Type.Literal(true);
export const nothing = Type.Null();
/** Whatever JSON can carry. */
export const anything = Type.Unknown();
/** Naive local time, with milliseconds where they are known and not zero: `2026-03-05T16:40:02.518`. */
export const localTime = Type.String({
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?$',
  description: 'naive local time',
});
/** Unix seconds; -1 = never. */
export const expiry = Type.Number({ description: 'Unix seconds, -1 = never' });
/** Hash of a commit. */
export const hash = Type.String({ pattern: '^[0-9a-f]{40}$' });

export const orNull = <S extends Shape>(shape: S) => Type.Union([shape, Type.Null()]);
export const optional = <S extends Shape>(shape: S) => Type.Optional(shape);
/** One of two. */
export const either = <A extends Shape, B extends Shape>(one: A, other: B) => Type.Union([one, other]);
export const listOf = <S extends Shape>(shape: S) => Type.Array(shape);
export const oneOf = <const Values extends string[]>(...values: Values) =>
  Type.Unsafe<Values[number]>({ enum: values });
/** A list of as many texts as there are names. */
export const texts = <const Names extends readonly string[]>(...names: Names) =>
  Type.Unsafe<{ -readonly [Index in keyof Names]: string }>({
    type: 'array',
    items: { type: 'string' },
    minItems: names.length,
    maxItems: names.length,
    description: names.join(', '),
  });
/** A list of two, each of its own shape. */
export const pair = <A extends Shape, B extends Shape>(first: A, second: B) => Type.Tuple([first, second]);
/** An object with members of any name. */
export const mapOf = <S extends Shape>(shape: S) =>
  Type.Unsafe<Record<string, Static<S>>>({ type: 'object', additionalProperties: shape });

export const object = <P extends TProperties>(properties: P, more: JsonSchema = {}) =>
  Type.Object(properties, more);

/** An object that has a name in documents and clients. @param name in CamelCase, unique among all methods */
export const named = <P extends TProperties>(name: string, properties: P, more: JsonSchema = {}) =>
  Type.Object(properties, { title: name, ...more });

/** What most methods that change something answer, with whatever else they have to tell. */
export const message = <P extends TProperties>(properties: P = {} as P) =>
  Type.Object({ msg: Type.String(), ...properties });
