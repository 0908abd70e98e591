import 'reflect-metadata';
import type { DynamicModule, Type } from '@nestjs/common';
import { methodAliasesOf } from '../rpc/aliases.js';
import { ArgumentBinder } from '../rpc/arguments.js';
import type { DescribedMethod } from '../rpc/described-method.js';
import { argsClassOf, declarationOf, FAMILY_METADATA } from '../rpc/method.js';

export type DeclaredMethod = DescribedMethod;

type ModuleLike = Type | DynamicModule;

/** All methods below a module, read from the declarations alone: nothing is instantiated, no database is needed. */
export function declaredMethods(root: ModuleLike): DeclaredMethod[] {
  const found = [...controllersOf(root, new Set())].flatMap(methodsOf);
  const names = new Set(found.map(({ name }) => name));
  return found
    .map((method) => ({ ...method, aliases: methodAliasesOf(method.name, method.aliases, names) }))
    .sort((a, b) => a.family.localeCompare(b.family) || a.name.localeCompare(b.name));
}

function* controllersOf(module: ModuleLike, seen: Set<unknown>): Generator<Type> {
  const target = 'module' in module ? module.module : module;
  if (seen.has(target)) return;
  seen.add(target);
  const dynamic: Partial<DynamicModule> = 'module' in module ? module : {};
  yield* [...listed<Type>('controllers', target), ...(dynamic.controllers ?? [])];
  for (const child of [
    ...listed<ModuleLike>('imports', target),
    ...((dynamic.imports ?? []) as ModuleLike[]),
  ]) {
    yield* controllersOf(child, seen);
  }
}

const listed = <T>(key: string, target: object) => (Reflect.getMetadata(key, target) ?? []) as T[];

function methodsOf(controller: Type): DeclaredMethod[] {
  const family = Reflect.getMetadata(FAMILY_METADATA, controller) as string | undefined;
  const prototype = controller.prototype as Record<string, unknown>;
  return Object.getOwnPropertyNames(prototype).flatMap((key) => {
    const handler = key === 'constructor' ? undefined : prototype[key];
    const declaration = typeof handler === 'function' ? declarationOf(handler) : undefined;
    if (!declaration || !family) return [];
    const { descriptors } = new ArgumentBinder(declaration.name, argsClassOf(prototype, key));
    return [{ aliases: [], ...declaration, family, args: descriptors }];
  });
}
