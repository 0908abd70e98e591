import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FORGEGATE_VERSION } from '../config/version.js';
import type {
  Adapter,
  GatewayFacts,
  PluginContext,
  PluginDefinition,
  PluginLogger,
  PluginStore,
} from '../sdk/index.js';
import { withDeadline } from './deadline.js';

import { HostedAdapter, type AdapterOwner } from './hosted-adapter.js';
import { PluginHealth } from './plugin-health.js';
import { KEBAB_CASE, parseManifest, PluginRefusal, type PluginManifest } from './plugin-manifest.js';
import { exists, type PluginSource } from './plugin-sources.js';

const STOP_MS = 5_000;

export type PluginStatus = 'running' | 'paused' | 'refused' | 'failed' | 'stopped';

/** A plugin as `get_plugins` shows it. */
export interface PluginReport {
  readonly id: string;
  readonly version: string | null;
  readonly summary: string;
  readonly origin: PluginSource['origin'];
  readonly isolation: string | null;
  readonly kinds: readonly string[];
  readonly state: PluginStatus;
  /** Why it does not run: stable code and sentence. */
  readonly code: string | null;
  readonly reason: string | null;
  readonly last_error: string | null;
  readonly adapters: readonly string[];
}

/** One plugin from its manifest to its stop. */
export class HostedPlugin implements AdapterOwner {
  readonly health = new PluginHealth();
  readonly adapters: HostedAdapter[] = [];
  private definition: PluginDefinition | null = null;
  private status: PluginStatus = 'running';
  private refusal: { code: string; reason: string } | null = null;

  constructor(
    private readonly source: PluginSource,
    readonly manifest: PluginManifest | null,
    readonly log: PluginLogger,
    readonly store: PluginStore,
    private readonly gateway: GatewayFacts,
  ) {}

  /** Reads plugin.json and nothing else. @throws PluginRefusal */
  static async readManifest(
    source: PluginSource,
    ignoreSdkRange: readonly string[],
  ): Promise<PluginManifest> {
    const { path, origin, name } = source;
    if (path === null)
      throw new PluginRefusal('NOT_INSTALLED', `package ${name} with a plugin.json is not installed`);
    const text = await readFile(join(path, 'plugin.json'), 'utf8').catch((error: unknown) => {
      throw new PluginRefusal('MANIFEST_MISSING', 'there is no readable plugin.json', { cause: error });
    });
    return parseManifest(text, { folder: origin === 'npm' ? null : name, ignoreSdkRange });
  }

  get id(): string {
    return this.manifest?.id ?? this.source.name;
  }

  /** @throws PluginRefusal; nothing is registered then */
  async start(setupMs: number): Promise<void> {
    const definition = await this.load();
    let settingUp = true;
    const context: PluginContext = {
      id: this.id,
      gatewayVersion: FORGEGATE_VERSION,
      gateway: this.gateway,
      log: this.log,
      store: this.store,
      adapter: (name, adapter) => {
        if (!settingUp) throw new Error('adapters are registered during setup only');
        this.register(name, adapter as Adapter);
      },
    };
    try {
      const setup = Promise.resolve().then(() => definition.setup(context));
      await withDeadline(
        setup,
        setupMs,
        () => new PluginRefusal('SETUP_TIMEOUT', `setup took more than ${setupMs} ms`),
      );
    } catch (error) {
      this.adapters.length = 0;
      if (error instanceof PluginRefusal) throw error;
      throw new PluginRefusal('SETUP_FAILED', `setup failed: ${messageOf(error)}`, { cause: error });
    } finally {
      settingUp = false;
    }
    this.definition = definition;
  }

  refuse(error: unknown, status: 'refused' | 'failed'): void {
    this.status = status;
    const code = error instanceof PluginRefusal ? error.code : 'FAILED';
    this.refusal = { code, reason: messageOf(error) };
  }

  async stop(): Promise<void> {
    const definition = this.definition;
    this.definition = null;
    if (this.status === 'running') this.status = 'stopped';
    this.adapters.length = 0;
    try {
      const stopping = Promise.resolve().then(() => definition?.stop?.());
      await withDeadline(stopping, STOP_MS, () => new Error(`stop took more than ${STOP_MS} ms`));
    } catch (error) {
      this.log.error('stop failed', { error: messageOf(error) });
    }
  }

  report(): PluginReport {
    const paused = this.status === 'running' && this.health.isPaused;
    return {
      id: this.id,
      version: this.manifest?.version ?? null,
      summary: this.manifest?.summary ?? '',
      origin: this.source.origin,
      isolation: this.manifest?.isolation ?? null,
      kinds: this.manifest?.kinds ?? [],
      state: paused ? 'paused' : this.status,
      code: paused ? 'KEEPS_FAILING' : (this.refusal?.code ?? null),
      reason: paused ? 'its adapters keep failing' : (this.refusal?.reason ?? null),
      last_error: this.health.lastError,
      adapters: this.adapters.map(({ name }) => name),
    };
  }

  private register(name: string, adapter: Adapter): void {
    if (!this.manifest?.kinds.includes('adapter'))
      throw new Error('plugin.json does not name the kind adapter');
    if (!new RegExp(KEBAB_CASE).test(name)) throw new Error(`adapter name ${name} is not kebab-case`);
    if (this.adapters.some((known) => known.name === name))
      throw new Error(`adapter ${name} is registered twice`);
    this.adapters.push(new HostedAdapter(name, this, adapter));
  }

  private async load(): Promise<PluginDefinition> {
    const folder = this.source.path ?? '';
    const names = this.manifest?.entry ? [this.manifest.entry] : ['index.js', 'index.ts'];
    for (const name of names) {
      const path = join(folder, name);
      if (await exists(path)) return definitionOf(path);
    }
    throw new PluginRefusal('ENTRY_MISSING', `there is no ${names[0]}`);
  }
}

async function definitionOf(path: string): Promise<PluginDefinition> {
  let module: { default?: unknown };
  try {
    module = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as { default?: unknown };
  } catch (error) {
    throw new PluginRefusal('LOAD_FAILED', `its code does not load: ${messageOf(error)}`, { cause: error });
  }
  const definition = module.default as PluginDefinition | undefined;
  if (typeof definition?.setup !== 'function') {
    throw new PluginRefusal('LOAD_FAILED', 'its default export is not a plugin (use definePlugin)');
  }
  return definition;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
