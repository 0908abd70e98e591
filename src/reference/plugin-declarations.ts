import type { Settings } from '../config/settings.js';
import { eventContract } from '../events/catalogue.js';
import { describedMethod } from '../plugin-bindings/methods/described-method.js';
import { hostAlone } from '../plugin-host/host-alone.js';
import { HostedPlugin } from '../plugin-host/hosted-plugin.js';
import { storeOnly } from '../plugin-host/plugin-services.js';
import { findPlugins, type PluginSource } from '../plugin-host/plugin-sources.js';
import type { EventContract, JsonObject } from '../sdk/index.js';
import { memoryStore } from '../sdk/testing/set-up-plugin.js';
import type { DeclaredMethod } from './declared-methods.js';

/** What plugins add to the contract of a gateway. */
export interface PluginDeclarations {
  readonly methods: readonly DeclaredMethod[];
  readonly events: readonly EventContract[];
}

/**
 * Sets plugins up, whether operators want them or not, with nothing around them, and ends them.
 * @param config of each of them, as for `configure_plugin`
 * @throws Error naming a plugin that does not run, or a method that is declared wrongly
 */
export async function pluginDeclarations(
  sources: readonly PluginSource[],
  settings: Settings,
  config: JsonObject = {},
): Promise<PluginDeclarations> {
  const host = hostAlone({ ...settings, pluginsStrict: true });
  host.findBy(() => Promise.resolve(sources));
  host.decideBy(() => Promise.resolve({ enabled: true, config }));
  try {
    await host.start(() => storeOnly(memoryStore()));
    const contributed = host.all().map((plugin) => plugin.contributed);
    const events = contributed.flatMap((each) => each.events.map(({ contract }) => contract));
    const contractOf = (type: string) => eventContract(type) ?? events.find((own) => own.type === type);
    const methods = contributed.flatMap((each) =>
      each.methods.map((method) => describedMethod(method, contractOf)),
    );
    return { methods: methods.toSorted((a, b) => (a.name < b.name ? -1 : 1)), events };
  } finally {
    await host.onApplicationShutdown();
  }
}

/** Of the plugins in `plugins/`; those without methods are not even loaded. */
export async function treeDeclarations(settings: Settings): Promise<PluginDeclarations> {
  const sources: PluginSource[] = [];
  for (const source of await findPlugins({ plugins: [], pluginsDir: null })) {
    const { kinds } = await HostedPlugin.readManifest(source, []);
    if (kinds.includes('methods')) sources.push(source);
  }
  return pluginDeclarations(sources, settings);
}
