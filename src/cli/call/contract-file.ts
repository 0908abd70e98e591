import { existsSync, readFileSync } from 'node:fs';
import { CommandError } from '../command-error.js';

export interface ContractParameter {
  readonly name: string;
  readonly required: boolean;
  readonly description?: string;
  readonly schema: {
    readonly type?: string | readonly string[];
    readonly enum?: readonly unknown[];
    readonly anyOf?: readonly { readonly enum?: readonly unknown[] }[];
    readonly default?: unknown;
  };
  readonly 'x-aliases'?: readonly string[];
}

/** What the command line needs of a method in `docs/openrpc.json`. */
export interface ContractMethod {
  readonly name: string;
  readonly summary: string;
  readonly tags: readonly { readonly name: string }[];
  readonly params: readonly ContractParameter[];
  readonly examples: readonly {
    readonly params: readonly { readonly name: string; readonly value: unknown }[];
  }[];
  readonly 'x-permission': { readonly rule: string };
  readonly 'x-events': readonly string[];
  readonly 'x-aliases': readonly string[];
  readonly 'x-use-instead'?: string;
}

/** The contract of this very version, three levels up in the sources, four in a build; so help needs no gateway. */
export function contractMethods(): ContractMethod[] {
  for (const candidate of ['../../../docs/openrpc.json', '../../../../docs/openrpc.json']) {
    const file = new URL(candidate, import.meta.url);
    if (existsSync(file))
      return (JSON.parse(readFileSync(file, 'utf8')) as { methods: ContractMethod[] }).methods;
  }
  throw new CommandError('docs/openrpc.json is missing; `npm run generate` writes it.');
}

/** By today's name or an older one. */
export const findMethod = (methods: readonly ContractMethod[], name: string): ContractMethod | undefined =>
  methods.find((method) => method.name === name) ??
  methods.find((method) => method['x-aliases'].includes(name));
