import type { Adapter, PluginLogger, PluginStore } from '../adapter.js';
import type { Json } from '../json.js';
import type { GatewayFacts, PluginDefinition } from '../plugin.js';

export interface SetUpPlugin {
  /** @throws Error when the plugin registered no such adapter */
  adapter(name: string): Adapter;
  readonly store: PluginStore;
  /** As the gateway does when it stops. */
  stop(): Promise<void>;
}

const quiet = () => undefined;
export const silentLog: PluginLogger = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** A {@link PluginStore} that lives as long as the test. */
export function memoryStore(): PluginStore {
  const values = new Map<string, string>();
  return {
    get: (key) => Promise.resolve(values.has(key) ? (JSON.parse(values.get(key) ?? '') as Json) : undefined),
    set: (key, value) => Promise.resolve(void values.set(key, JSON.stringify(value))),
    delete: (key) => Promise.resolve(void values.delete(key)),
  };
}

const noGateway: GatewayFacts = {
  publicUrl: 'https://gateway.example',
  mail: null,
  dataFolder: () => Promise.reject(new Error('give setUpPlugin a gateway with a dataFolder')),
};

/** Runs a plugin's `setup` as the gateway does. */
export async function setUpPlugin(
  plugin: PluginDefinition,
  { id = 'under-test', gateway = {} }: { id?: string; gateway?: Partial<GatewayFacts> } = {},
): Promise<SetUpPlugin> {
  const adapters = new Map<string, Adapter>();
  const store = memoryStore();
  await plugin.setup({
    id,
    gatewayVersion: '0.0.0-test',
    gateway: { ...noGateway, ...gateway },
    log: silentLog,
    store,
    adapter: (name, adapter) => adapters.set(name, adapter as Adapter),
  });
  return {
    store,
    stop: async () => plugin.stop?.(),
    adapter(name) {
      const adapter = adapters.get(name);
      if (!adapter)
        throw new Error(`the plugin has no adapter ${name}, only ${[...adapters.keys()].join(', ')}`);
      return adapter;
    },
  };
}
