import { Inject, Injectable, Logger, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import type { PluginLogger } from '../sdk/index.js';
import { gatewayFacts } from './gateway-facts.js';
import type { HostedAdapter } from './hosted-adapter.js';
import { HostedPlugin, type PluginReport } from './hosted-plugin.js';
import { PluginRefusal } from './plugin-manifest.js';
import { findPlugins, TREE, type PluginSource } from './plugin-sources.js';
import type { PluginStores } from './plugin-state.js';
import { resolveSdkForOutsiders } from './sdk-resolution.js';

/** Injection token, optional: the folder that stands for `plugins/`, for tests. */
export const PLUGIN_TREE = Symbol('PLUGIN_TREE');
const SETUP_MS = 10_000;

/** Finds, checks, starts and stops plugins. One that does not fit is left out with a reason, unless strict. */
@Injectable()
export class PluginHost implements OnApplicationShutdown {
  private readonly log = new Logger('PluginHost');
  private readonly plugins: HostedPlugin[] = [];
  private readonly adapters = new Map<string, HostedAdapter>();
  private starting: Promise<void> | null = null;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    @Optional() @Inject(PLUGIN_TREE) private readonly tree: string = TREE,
  ) {}

  /** Starts everything, once; later calls wait for the first. @throws Error in strict mode, naming the plugin */
  start(stores: PluginStores, setupMs = SETUP_MS): Promise<void> {
    this.starting ??= this.startAll(stores, setupMs);
    return this.starting;
  }

  list(): PluginReport[] {
    return this.plugins.map((plugin) => plugin.report());
  }

  adapter(name: string): HostedAdapter | undefined {
    return this.adapters.get(name);
  }

  adapterNames(): string[] {
    return [...this.adapters.keys()].sort();
  }

  async onApplicationShutdown(): Promise<void> {
    this.adapters.clear();
    for (const plugin of [...this.plugins].reverse()) await plugin.stop();
  }

  private async startAll(stores: PluginStores, setupMs: number): Promise<void> {
    const sources = await findPlugins(this.settings, this.tree);
    if (sources.some(({ origin }) => origin !== 'tree')) resolveSdkForOutsiders();
    for (const source of sources) await this.startOne(source, stores, setupMs);
  }

  private async startOne(source: PluginSource, stores: PluginStores, setupMs: number): Promise<void> {
    let plugin = this.hosted(source, null, stores);
    let status: 'refused' | 'failed' = 'refused';
    try {
      const manifest = await HostedPlugin.readManifest(source, this.settings.pluginsIgnoreSdkRange);
      plugin = this.hosted(source, manifest, stores);
      if (this.plugins.some(({ id }) => id === plugin.id)) {
        throw new PluginRefusal('DUPLICATE_ID', `another plugin is called ${plugin.id}`);
      }
      status = 'failed';
      await plugin.start(setupMs);
      this.adopt(plugin);
    } catch (error) {
      plugin.refuse(error, status);
      const { code, reason } = plugin.report();
      const message = `plugin ${plugin.id} (${source.path ?? source.name}) is left out: ${code}: ${reason}`;
      if (this.settings.pluginsStrict) throw new Error(message, { cause: error });
      this.log.warn(message);
    }
    this.plugins.push(plugin);
  }

  private adopt(plugin: HostedPlugin): void {
    const taken = plugin.adapters.find(({ name }) => this.adapters.has(name));
    if (taken) {
      plugin.adapters.length = 0;
      throw new PluginRefusal('ADAPTER_TAKEN', `another plugin has an adapter ${taken.name}`);
    }
    for (const adapter of plugin.adapters) this.adapters.set(adapter.name, adapter);
  }

  private hosted(
    source: PluginSource,
    manifest: HostedPlugin['manifest'],
    stores: PluginStores,
  ): HostedPlugin {
    const id = manifest?.id ?? source.name;
    return new HostedPlugin(source, manifest, pluginLogger(id), stores(id), gatewayFacts(this.settings, id));
  }
}

function pluginLogger(id: string): PluginLogger {
  const log = new Logger(`plugin:${id}`);
  const line = (message: string, details?: Record<string, unknown>) =>
    details ? `${message} ${JSON.stringify(details)}` : message;
  return {
    debug: (message, details) => log.debug(line(message, details)),
    info: (message, details) => log.log(line(message, details)),
    warn: (message, details) => log.warn(line(message, details)),
    error: (message, details) => log.error(line(message, details)),
  };
}
