import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { methodAliasesOf } from './aliases.js';
import { ArgumentBinder } from './arguments.js';
import type { Binder } from './arguments.js';
import { FAMILY_METADATA, argsClassOf, declarationOf } from './method.js';
import type { RpcMethodDeclaration } from './method.js';
import type { DescribedMethod } from './described-method.js';
import { isRequirement } from './requirement.js';

/** One method as the gateway serves it: what its decorator says, its family and its arguments in declared order. */
export interface RegisteredMethod extends DescribedMethod {
  readonly binder: Binder;
}

/** All methods; guard matrix, documentation, `rpc.discover` and the dispatcher walk this one list. */
@Injectable()
export class MethodRegistry implements OnModuleInit {
  private byName: ReadonlyMap<string, RegisteredMethod> | null = null;
  private readonly added = new Map<string, RegisteredMethod>();
  private changes = 0;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** Stops the start when a method is wrong: no `requires`, no `result`, no family, a name given twice, arguments without a class. */
  onModuleInit(): void {
    this.methods();
  }

  /** Sorted by name; those of plugins behind the others. */
  list(): RegisteredMethod[] {
    return [...this.methods().values(), ...this.added.values()];
  }

  /** Changes whenever {@link list} does. */
  get version(): number {
    return this.changes;
  }

  /**
   * Adds a method that was declared at run time.
   * @returns how to take it away
   * @throws Error when a method is called so already, or is so by an older name
   */
  add(method: RegisteredMethod): () => void {
    const { name } = method;
    const isTaken = this.list().some((other) => other.name === name || other.aliases.includes(name));
    if (isTaken) throw new Error(`there is a method ${name} already`);
    this.added.set(name, method);
    this.changes += 1;
    return () => {
      this.added.delete(name);
      this.changes += 1;
    };
  }

  get(name: string): RegisteredMethod | undefined {
    return this.methods().get(name) ?? this.added.get(name);
  }

  private methods(): ReadonlyMap<string, RegisteredMethod> {
    return (this.byName ??= this.scan());
  }

  private scan(): ReadonlyMap<string, RegisteredMethod> {
    const found = new Map<string, RegisteredMethod>();
    for (const { instance, metatype } of this.discovery.getControllers()) {
      if (!instance || !metatype) continue;
      const prototype = Object.getPrototypeOf(instance) as Record<string, object>;
      const family = Reflect.getMetadata(FAMILY_METADATA, metatype) as string | undefined;
      for (const key of this.scanner.getAllMethodNames(prototype)) {
        const declaration = declarationOf(prototype[key] ?? {});
        if (declaration) add(found, register(declaration, family, prototype, key));
      }
    }
    const names = new Set(found.keys());
    for (const [name, method] of found) {
      found.set(name, { ...method, aliases: methodAliasesOf(name, method.aliases, names) });
    }
    return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function register(
  declaration: RpcMethodDeclaration,
  family: string | undefined,
  prototype: object,
  key: string,
) {
  const { name, declaredBy, aliases = [] } = declaration;
  if (!isRequirement(declaration.requires)) {
    throw new Error(`RPC method ${name} (${declaredBy}) declares no permission: give it \`requires\``);
  }
  if (!isResult(declaration.result)) {
    throw new Error(`RPC method ${name} (${declaredBy}) does not say what it answers: give it \`result\``);
  }
  if (!family) throw new Error(`RPC method ${name} (${declaredBy}) stands in a class without @RpcFamily`);
  if (!/^[a-z][a-z0-9_]*$/.test(name)) {
    throw new Error(`RPC method ${name} (${declaredBy}): a name is lower case letters, digits and _`);
  }
  const binder = new ArgumentBinder(name, argsClassOf(prototype, key));
  return { ...declaration, family, aliases, args: binder.descriptors, binder };
}

/** For declarations that the compiler did not see. */
const isResult = (value: unknown) => typeof value === 'object' && value !== null;

function add(found: Map<string, RegisteredMethod>, method: RegisteredMethod): void {
  const other = found.get(method.name);
  if (other) {
    throw new Error(
      `RPC method ${method.name} is declared twice: ${other.declaredBy} and ${method.declaredBy}`,
    );
  }
  found.set(method.name, method);
}
