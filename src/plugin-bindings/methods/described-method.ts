import type { HostedMethod } from '../../plugin-host/contributions.js';
import { PluginRefusal } from '../../plugin-host/plugin-manifest.js';
import { SchemaBinder } from '../../rpc/arguments/schema-binder.js';
import { familyOfPlugin } from '../../rpc/described-method.js';
import type { RegisteredMethod } from '../../rpc/method-registry.js';
import type { EventContract } from '../../sdk/index.js';
import { requirementFor } from './required-right.js';

/**
 * What a plugin declared, in the words of the gateway's own methods: for the dispatcher, documents and clients alike.
 * @param contractOf finds event types by name
 * @throws PluginRefusal METHOD_REFUSED when the declaration is wrong
 */
export function describedMethod(
  hosted: HostedMethod,
  contractOf: (type: string) => EventContract | undefined,
): RegisteredMethod {
  try {
    return described(hosted, contractOf);
  } catch (error) {
    throw methodRefusal(hosted, error);
  }
}

export const methodRefusal = ({ name }: HostedMethod, error: unknown) =>
  new PluginRefusal('METHOD_REFUSED', `method ${name}: ${(error as Error).message}`, { cause: error });

function described(
  { name, pluginId, declaration }: HostedMethod,
  contractOf: (type: string) => EventContract | undefined,
): RegisteredMethod {
  const binder = new SchemaBinder(name, declaration.args);
  const names = new Set(binder.descriptors.map((descriptor) => descriptor.name));
  return {
    name,
    family: familyOfPlugin(pluginId),
    declaredBy: `plugin ${pluginId}`,
    requires: requirementFor(declaration.requires, names),
    summary: declaration.summary,
    result: declaration.result as never,
    emits: (declaration.emits ?? []).flatMap((type) => contractOf(type) ?? []),
    args: binder.descriptors,
    aliases: [],
    binder,
  };
}
