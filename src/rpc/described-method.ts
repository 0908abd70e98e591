import type { ArgumentDescriptor } from './arguments.js';
import type { RpcMethodDeclaration } from './method.js';

/** A method with all that documents and clients need to know of it. */
export interface DescribedMethod extends RpcMethodDeclaration {
  readonly family: string;
  /** In declared order, which is also that of arguments by position. */
  readonly args: readonly ArgumentDescriptor[];
  /** Every other name that leads here, historic ones included. */
  readonly aliases: readonly string[];
}

const OF_PLUGIN = 'plugin:';

export const familyOfPlugin = (id: string): string => OF_PLUGIN + id;

/** @returns the plugin whose methods these are; null for the gateway's own families */
export const pluginOfFamily = (family: string): string | null =>
  family.startsWith(OF_PLUGIN) ? family.slice(OF_PLUGIN.length) : null;
