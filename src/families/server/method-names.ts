import { Injectable } from '@nestjs/common';
import type { ArgumentDescriptor } from '../../rpc/arguments.js';
import { MethodRegistry } from '../../rpc/method-registry.js';
import { globMatcher } from '../../sdk/index.js';

/** `get_method` of RhodeCode; `rpc.discover` tells more, and to everybody. */
@Injectable()
export class MethodNames {
  constructor(private readonly registry: MethodRegistry) {}

  /** Names in order, older ones among them. A single one is followed by its arguments: name -> `<Required>` or its default. */
  matching(patterns: readonly string[]): (string | Record<string, string>)[] {
    const isAsked = globMatcher(patterns);
    const found = this.registry
      .list()
      .flatMap((method) => [method.name, ...method.aliases].map((name) => ({ name, method })))
      .filter(({ name }) => isAsked(name))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1));
    const [only] = found;
    if (found.length !== 1 || !only) return found.map(({ name }) => name);
    const args = only.method.args.map((arg) => [arg.name, worded(arg)] as const);
    return [only.name, Object.fromEntries(args)];
  }
}

function worded({ required, schema, default: value }: ArgumentDescriptor): string {
  if (!required) return `<Optional:${JSON.stringify(value ?? null)}>`;
  const types = [schema.type ?? 'any'].flat() as string[];
  return `<Required:${types.join('|')}>`;
}
