import { Inject, Injectable, Logger, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/settings.js';
import type { JsonObject, PluginLogger } from '../sdk/index.js';
import { messageOf } from './boundary.js';
import { nothingContributed, type Binding, type Contributions } from './contributions.js';
import { gatewayFacts } from './gateway-facts.js';
import type { HostedAdapter } from './hosted-adapter.js';
import { HostedPlugin, type PluginReport } from './hosted-plugin.js';
import { PluginClock } from './plugin-clock.js';
import { PluginRefusal } from './plugin-manifest.js';
import { UNDECIDED, type DecisionFor, type PluginDecision, type ServicesFor } from './plugin-services.js';
import { findPlugins, TREE, type FindPlugins, type PluginSource } from './plugin-sources.js';
import { resolveSdkForOutsiders } from './sdk-resolution.js';
import { loadPlugin } from './tiers/load-plugin.js';
import { containProcess } from './tiers/process-guard.js';

/** Injection token, optional: the folder that stands for `plugins/`, for tests. */
export const PLUGIN_TREE = Symbol('PLUGIN_TREE');
const SETUP_MS = 10_000;

type Kind = keyof Contributions;
const KINDS = Object.keys(nothingContributed()) as Kind[];

/** Finds, checks, starts and stops plugins. One that does not fit is left out with a reason, unless strict. */
@Injectable()
export class PluginHost implements OnApplicationShutdown {
  private readonly log = new Logger('PluginHost');
  /** Of all plugins. */
  readonly clock = new PluginClock();
  private readonly plugins: HostedPlugin[] = [];
  private readonly adapters = new Map<string, HostedAdapter>();
  private readonly bindings = new Map<Kind, Binding<never>[]>();
  private decisionFor: DecisionFor = () => Promise.resolve(UNDECIDED);
  private services: ServicesFor | null = null;
  private find: FindPlugins = () => findPlugins(this.settings, this.tree);
  private starting: Promise<void> | null = null;
  /** Starts, stops and changes of plugins happen one after another. */
  private queue: Promise<unknown> = Promise.resolve();
  private release: () => void = () => undefined;
  private setupMs = SETUP_MS;

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    @Optional() @Inject(PLUGIN_TREE) private readonly tree: string = TREE,
  ) {
    this.bind('adapter', {
      add: (adapter) => this.addAdapter(adapter),
      remove: (adapter) => this.removeAdapter(adapter),
    });
    this.bind('handler', {
      add: ({ adapter }) => this.addAdapter(adapter),
      remove: ({ adapter }) => this.removeAdapter(adapter),
    });
  }

  /** Connects one kind of contribution with what serves it; before {@link start}. */
  bind<K extends Kind>(kind: K, binding: Binding<K>): void {
    this.bindings.set(kind, [...(this.bindings.get(kind) ?? []), binding as Binding<never>]);
  }

  /** Where the decisions of operators are read; before {@link start}. Without it every plugin is enabled. */
  decideBy(decisionFor: DecisionFor): void {
    this.decisionFor = decisionFor;
  }

  /** Where plugins are, instead of where the settings say; before {@link start}. */
  findBy(find: FindPlugins): void {
    this.find = find;
  }

  /** What plugins reach of the gateway, instead of what {@link start} is given; before it. */
  provide(services: ServicesFor): void {
    this.services = services;
  }

  /** Starts everything, once; later calls wait for the first. @throws Error in strict mode, naming the plugin */
  start(services: ServicesFor, setupMs = SETUP_MS): Promise<void> {
    this.setupMs = setupMs;
    this.services ??= services;
    this.starting ??= this.startAll(this.services);
    return this.starting;
  }

  /** When all plugins have had their turn; at once where nobody starts them. */
  get started(): Promise<void> {
    return this.starting ?? Promise.resolve();
  }

  list(): PluginReport[] {
    return this.plugins.map((plugin) => plugin.report());
  }

  all(): readonly HostedPlugin[] {
    return this.plugins;
  }

  plugin(id: string): HostedPlugin | undefined {
    return this.plugins.find((plugin) => plugin.id === id);
  }

  adapter(name: string): HostedAdapter | undefined {
    return this.adapters.get(name);
  }

  /** Names of all that can be delivered to, handlers among them. */
  runningAdapters(): string[] {
    return [...this.adapters.keys()];
  }

  /** Those that people can subscribe with. */
  adapterNames(): string[] {
    return this.runningAdapters()
      .filter((name) => !name.includes(':'))
      .sort();
  }

  /**
   * Brings a plugin into the state that operators decided: starts, stops, or hands on new settings. The outcome stands
   * in its report. An unknown id is fine: another process of the cluster may have it.
   */
  apply(id: string): Promise<void> {
    return this.oneAfterAnother(async () => {
      const plugin = this.plugin(id);
      if (!plugin?.manifest) return;
      const decision = await this.decisionFor(id);
      if (!plugin.isEnabled(decision)) return this.disable(plugin);
      if (plugin.isRunning && (await this.reconfigured(plugin, decision.config))) return;
      await this.end(plugin);
      await this.begin(plugin, decision);
    });
  }

  /** Ends a plugin, reads it anew from where it is, manifest included, and starts it. */
  reload(id: string): Promise<void> {
    return this.oneAfterAnother(async () => {
      const at = this.plugins.findIndex((plugin) => plugin.id === id);
      const plugin = this.plugins[at];
      if (!plugin || !this.services) return;
      await this.end(plugin);
      this.plugins.splice(at, 1);
      await this.startOne(plugin.source, this.services);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.oneAfterAnother(async () => {
      for (const plugin of [...this.plugins].reverse()) await this.end(plugin);
      this.release();
    });
  }

  private async startAll(services: ServicesFor): Promise<void> {
    const sources = await this.find();
    if (sources.some(({ origin }) => origin !== 'tree')) resolveSdkForOutsiders();
    if (sources.length > 0) this.release = containProcess();
    for (const source of sources) {
      await this.oneAfterAnother(() => this.startOne(source, services));
    }
  }

  private async startOne(source: PluginSource, services: ServicesFor): Promise<void> {
    const plugin = await this.hosted(source, services);
    this.plugins.push(plugin);
    if (!plugin.manifest) return this.leaveOut(plugin);
    const decision = await this.decisionFor(plugin.id);
    if (plugin.isEnabled(decision)) await this.begin(plugin, decision);
    else await this.disable(plugin);
    if (plugin.report().state === 'failed') this.leaveOut(plugin);
  }

  /** A plugin whose manifest does not do is there too, so that its report can say why. */
  private async hosted(source: PluginSource, services: ServicesFor): Promise<HostedPlugin> {
    try {
      const manifest = await HostedPlugin.readManifest(source, this.settings.pluginsIgnoreSdkRange);
      if (this.plugin(manifest.id))
        throw new PluginRefusal('DUPLICATE_ID', `another plugin is called ${manifest.id}`);
      return this.make(source, manifest, services);
    } catch (error) {
      const plugin = this.make(source, null, services);
      plugin.refuse(error, 'refused');
      return plugin;
    }
  }

  private make(
    source: PluginSource,
    manifest: HostedPlugin['manifest'],
    services: ServicesFor,
  ): HostedPlugin {
    const id = manifest?.id ?? source.name;
    const facts = gatewayFacts(this.settings, id);
    return new HostedPlugin(source, manifest, pluginLogger(id), services(id, manifest), facts, this.clock);
  }

  private leaveOut(plugin: HostedPlugin): void {
    const { id, source } = plugin;
    const { code, reason } = plugin.report();
    const message = `plugin ${id} (${source.path ?? source.name}) is left out: ${code}: ${reason}`;
    if (this.settings.pluginsStrict) throw new Error(message);
    this.log.warn(message);
  }

  private async begin(plugin: HostedPlugin, decision: PluginDecision): Promise<void> {
    try {
      await plugin.setUp(loadPlugin, decision, this.setupMs);
      await this.enforce(plugin);
      await plugin.begin();
    } catch (error) {
      await this.end(plugin);
      plugin.refuse(error, 'failed');
    }
  }

  private async disable(plugin: HostedPlugin): Promise<void> {
    await this.end(plugin);
    plugin.refuse(new PluginRefusal('DISABLED', 'enable_plugin starts it'), 'disabled');
  }

  /** @returns whether the plugin took its new settings without being started anew */
  private async reconfigured(plugin: HostedPlugin, config: JsonObject): Promise<boolean> {
    try {
      return await plugin.configure(config);
    } catch (error) {
      this.log.warn(`plugin ${plugin.id} does not take its new settings: ${messageOf(error)}`);
      return false;
    }
  }

  private async end(plugin: HostedPlugin): Promise<void> {
    await this.withdraw(plugin);
    await plugin.stop();
  }

  /** Puts what the plugin registered in force: all of it, or nothing. */
  private async enforce(plugin: HostedPlugin): Promise<void> {
    for (const kind of KINDS) {
      const bindings = this.bindings.get(kind) ?? [];
      for (const contribution of plugin.contributed[kind]) {
        if (bindings.length === 0)
          throw new PluginRefusal('KIND_UNSUPPORTED', `this gateway serves no contributions of kind ${kind}`);
        for (const binding of bindings) await binding.add(contribution as never);
      }
    }
  }

  private async withdraw(plugin: HostedPlugin): Promise<void> {
    for (const kind of [...KINDS].reverse()) {
      for (const contribution of plugin.contributed[kind]) {
        for (const binding of this.bindings.get(kind) ?? []) {
          try {
            await binding.remove(contribution as never);
          } catch (error) {
            this.log.error(`plugin ${plugin.id}: ${kind} cannot be withdrawn: ${messageOf(error)}`);
          }
        }
      }
    }
  }

  private addAdapter(adapter: HostedAdapter): void {
    if (this.adapters.has(adapter.name))
      throw new PluginRefusal('ADAPTER_TAKEN', `another plugin has an adapter ${adapter.name}`);
    this.adapters.set(adapter.name, adapter);
  }

  private removeAdapter(adapter: HostedAdapter): void {
    if (this.adapters.get(adapter.name) === adapter) this.adapters.delete(adapter.name);
  }

  private oneAfterAnother<T>(work: () => Promise<T>): Promise<T> {
    const next = this.queue.then(work);
    this.queue = next.catch(() => undefined);
    return next;
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
