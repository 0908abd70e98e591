import type { PluginStore } from '../sdk/index.js';

/** Where plugins keep their state; the database behind it is given to {@link PluginHost.start}. */
export type PluginStores = (pluginId: string) => PluginStore;
