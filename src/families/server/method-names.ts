import { Injectable } from '@nestjs/common';
import type { ArgumentDescriptor } from '../../rpc/arguments.js';
import { MethodRegistry } from '../../rpc/method-registry.js';

/** `get_method` of RhodeCode; `rpc.discover` tells more, and to everybody. */
@Injectable()
export class MethodNames {
  constructor(private readonly registry: MethodRegistry) {}

  /** Names in order, older ones among them. A single one is followed by its arguments: name -> `<Required>` or its default. */
  matching(patterns: readonly string[]): (string | Record<string, string>)[] {
    const found = this.registry
      .list()
      .flatMap((method) => [method.name, ...method.aliases].map((name) => ({ name, method })))
      .filter(({ name }) => patterns.some((pattern) => fits(pattern, name)))
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

/** `*` stands for any characters. Without a regular expression, which patterns with many of them could keep busy. */
function fits(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  const end = name.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= end;
}
