import { Controller, SetMetadata, applyDecorators } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { Ctx, MessagePattern, Payload } from '@nestjs/microservices';
import type { EventContract } from '../sdk/index.js';
import type { Caller as CallerContract } from './call.js';
import type { Requirement } from './requirement.js';
import type { Returned, Shape } from './result-shapes.js';

export interface RpcMethodOptions<Result extends Shape = Shape> {
  /** What the caller must have; see `access/requirements.ts`. There is no default, on purpose. */
  readonly requires: Requirement;
  readonly summary: string;
  /** Events that a successful call may record. */
  readonly emits?: readonly EventContract[];
  /** What it answers, made of `result-shapes.ts`; the handler must return it. */
  readonly result: Result;
  /** Other names under which the same method answers; historic names belong into `aliases.ts` instead. */
  readonly aliases?: readonly string[];
  /** Name of the method to use instead. */
  readonly deprecated?: string;
  /** Gateway version that first had it. */
  readonly since?: string;
}

/** What one `@RpcMethod` declares, as kept on its handler. */
export interface RpcMethodDeclaration extends RpcMethodOptions {
  readonly name: string;
  /** `GistsRpc.create`: where it was written, for messages to developers. */
  readonly declaredBy: string;
}

export const FAMILY_METADATA = 'forgegate:family';
const declarations = new WeakMap<object, RpcMethodDeclaration>();
const argsPositions = new WeakMap<object, Map<string, number>>();

/**
 * A family of methods: a Nest controller without routes.
 *
 * ```ts
 * @RpcFamily('gists')
 * export class GistsRpc {
 *   constructor(private readonly gists: GistsService) {}
 *
 *   @RpcMethod('create_gist', {
 *     requires: authenticated(),
 *     result: message({ gist: Gist }),
 *     emits: [gistCreated],
 *     summary: 'Create a gist',
 *   })
 *   create(@Args() args: CreateGistArgs, @Caller() caller: Caller) {
 *     return this.gists.create(caller, args);
 *   }
 * }
 *
 * export class CreateGistArgs {            // a value import in the family: Nest reads the class at run time
 *   @JsonObjectArg({ description: 'file name -> {content}' }) files!: Record<string, unknown>;
 *   @Text({ max: 1000, optional: true }) description?: string;
 *   @Int({ min: -1 }) lifetime = -1;       // an initial value makes an argument optional
 * }
 * ```
 */
export const RpcFamily = (family: string): ClassDecorator =>
  applyDecorators(Controller(), SetMetadata(FAMILY_METADATA, family));

interface Handler<Result extends Shape> {
  readonly value?: (...args: never[]) => Returned<Result>;
}

/** One wire method. Without `requires` and `result` it neither compiles nor registers. */
export function RpcMethod<Result extends Shape>(name: string, options: RpcMethodOptions<Result>) {
  return (target: object, key: string | symbol, descriptor: Handler<Result>): void => {
    const handler = descriptor.value as unknown as object;
    const declaration = { ...options, name, declaredBy: `${target.constructor.name}.${String(key)}` };
    declarations.set(handler, Object.freeze(declaration));
    MessagePattern(name, { declaration })(target, key, descriptor);
  };
}

/** Gives the handler its arguments: an instance of the parameter's class, bound, coerced and checked. */
export const Args = (): ParameterDecorator => (target, key, index) => {
  Payload()(target, key, index);
  const positions = argsPositions.get(target) ?? new Map<string, number>();
  argsPositions.set(target, positions.set(String(key), index));
};

/** Gives the handler the running call; an `RpcCall`, which every service takes as its `Caller`. */
export const Caller = (): ParameterDecorator => Ctx();
export type Caller = CallerContract;

/** What the handler declares, or undefined where it is no RPC method. */
export const declarationOf = (handler: object): RpcMethodDeclaration | undefined => declarations.get(handler);

/** For guards in an RPC context: what the running method requires. Throws where nothing was declared. */
export function requirementOf(context: Pick<ExecutionContext, 'getHandler'>): Requirement {
  const declaration = declarations.get(context.getHandler());
  if (!declaration) throw new Error('Not an RPC method');
  return declaration.requires;
}

/** The class behind `@Args()` of a method, inherited methods included; null when it takes no arguments. */
export function argsClassOf(prototype: object, key: string): (new () => object) | null {
  for (let at: object | null = prototype; at; at = Object.getPrototypeOf(at) as object | null) {
    if (Object.hasOwn(at, key)) return ownArgsClass(at, key);
  }
  return null;
}

function ownArgsClass(prototype: object, key: string): (new () => object) | null {
  const index = argsPositions.get(prototype)?.get(key);
  if (index === undefined) return null;
  const types = Reflect.getMetadata('design:paramtypes', prototype, key) as unknown[] | undefined;
  const found = types?.[index];
  if (typeof found !== 'function' || found === Object || found === Array || found === String) {
    throw new Error(
      `${prototype.constructor.name}.${key}: @Args() needs a class as its type, imported as a value (not \`import type\`)`,
    );
  }
  return found as new () => object;
}
