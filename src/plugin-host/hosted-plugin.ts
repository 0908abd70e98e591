import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GatewayFacts, JsonObject, PluginDefinition, PluginLogger, PluginStore } from '../sdk/index.js';
import { AdapterConfig } from './adapter-config.js';
import { messageOf, PluginBoundary } from './boundary.js';
import { Capabilities } from './capabilities.js';
import { nothingContributed, type OfOnePlugin } from './contributions.js';
import { withDeadline } from './deadline.js';
import type { PluginKind } from './manifest-schema.js';
import { PluginRegistrations, type ContextOwner } from './plugin-context.js';
import type { PluginClock } from './plugin-clock.js';
import { PluginHealth } from './plugin-health.js';
import { parseManifest, PluginRefusal, type PluginManifest } from './plugin-manifest.js';
import type { PluginDecision, PluginServices } from './plugin-services.js';
import type { PluginSource } from './plugin-sources.js';
import type { LoadPlugin, RunningPlugin } from './tiers/tier.js';

/** What each call but `setup` may take, in milliseconds. */
const LIFECYCLE_MS = 5_000;

export type PluginStatus =
  'running' | 'paused' | 'restarting' | 'disabled' | 'refused' | 'failed' | 'stopped';

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
  /** Whether `capabilities.hosts` is enforced for all that the plugin does, or for `ctx.http` only. */
  readonly hosts: 'enforced' | 'advisory' | null;
  readonly adapters: readonly string[];
  readonly methods: readonly string[];
}

interface Refusal {
  readonly status: 'refused' | 'failed' | 'disabled';
  readonly code: string;
  readonly reason: string;
}

/** One plugin from its manifest to its end; may be started and stopped many times. */
export class HostedPlugin implements ContextOwner {
  readonly health: PluginHealth;
  readonly boundary: PluginBoundary;
  readonly capabilities: Capabilities;
  readonly settings: AdapterConfig;
  /** What it registered; empty while it does not run. */
  contributed: OfOnePlugin = nothingContributed();
  private running: RunningPlugin | null = null;
  private refusal: Refusal | null = null;

  constructor(
    readonly source: PluginSource,
    readonly manifest: PluginManifest | null,
    readonly log: PluginLogger,
    readonly services: PluginServices,
    readonly gateway: GatewayFacts,
    readonly clock: PluginClock,
  ) {
    this.health = new PluginHealth(clock.now);
    this.boundary = new PluginBoundary(this.id, this.health, log);
    this.capabilities = new Capabilities(manifest);
    this.settings = new AdapterConfig(manifest?.config);
  }

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

  get kinds(): readonly PluginKind[] {
    return this.manifest?.kinds ?? [];
  }

  get store(): PluginStore {
    return this.services.store;
  }

  /** @param decision what an operator said, or that nobody did */
  isEnabled({ enabled }: PluginDecision): boolean {
    return enabled ?? this.manifest?.enabled ?? true;
  }

  get isRunning(): boolean {
    return this.running !== null;
  }

  /**
   * Loads it and lets it register; {@link begin} follows when all of that is in force.
   * @throws PluginRefusal; nothing is registered then
   */
  async setUp(load: LoadPlugin, decision: PluginDecision, setupMs: number): Promise<void> {
    const config = this.valid(decision.config);
    const running = await load(this);
    const registrations = new PluginRegistrations(this, config);
    try {
      const late = () => new PluginRefusal('SETUP_TIMEOUT', `setup took more than ${setupMs} ms`);
      const { definition } = running;
      await withDeadline(
        inside(this.boundary, () => definition.setup(registrations.context)),
        setupMs,
        late,
      );
    } catch (error) {
      await running.end();
      if (error instanceof PluginRefusal) throw error;
      throw new PluginRefusal('SETUP_FAILED', `setup failed: ${messageOf(error)}`, { cause: error });
    } finally {
      registrations.close();
    }
    this.running = running;
    this.refusal = null;
    this.contributed = registrations.found;
    this.health.worked();
  }

  /** Everything is in force. @throws PluginRefusal */
  async begin(): Promise<void> {
    try {
      await this.lifecycle('start');
    } catch (error) {
      throw new PluginRefusal('START_FAILED', `start failed: ${messageOf(error)}`, { cause: error });
    }
  }

  /** @returns false when the plugin has to be started anew to see its new settings. @throws PluginRefusal CONFIG_INVALID */
  async configure(config: JsonObject): Promise<boolean> {
    const valid = this.valid(config);
    const { definition } = this.running ?? {};
    if (!definition?.configChanged) return false;
    await withDeadline(
      inside(this.boundary, () => definition.configChanged?.(Object.freeze(valid))),
      LIFECYCLE_MS,
      () => new Error(`configChanged took more than ${LIFECYCLE_MS} ms`),
    );
    return true;
  }

  refuse(error: unknown, status: Refusal['status']): void {
    const code = error instanceof PluginRefusal ? error.code : 'FAILED';
    this.refusal = { status, code, reason: messageOf(error) };
  }

  /** After its registrations were withdrawn. Never rejects. */
  async stop(): Promise<void> {
    const { running } = this;
    if (!running) return;
    this.contributed = nothingContributed();
    for (const step of ['stop', 'dispose'] as const) {
      await this.lifecycle(step).catch((error: unknown) =>
        this.log.error(`${step} failed`, { error: messageOf(error) }),
      );
    }
    this.running = null;
    await running.end();
  }

  report(): PluginReport {
    const { state, code, reason } = this.state();
    return {
      id: this.id,
      version: this.manifest?.version ?? null,
      summary: this.manifest?.summary ?? '',
      origin: this.source.origin,
      isolation: this.manifest?.isolation ?? null,
      kinds: this.kinds,
      state,
      code,
      reason,
      last_error: this.health.lastError,
      hosts: this.running && (this.running.isOffline ? 'enforced' : 'advisory'),
      adapters: this.contributed.adapter.map(({ name }) => name),
      methods: this.contributed.methods.map(({ name }) => name),
    };
  }

  private state(): { state: PluginStatus; code: string | null; reason: string | null } {
    const { running, refusal } = this;
    if (!running) {
      if (!refusal) return { state: 'stopped', code: null, reason: null };
      const { status, code, reason } = refusal;
      return { state: status, code, reason };
    }
    if (running.trouble) return running.trouble;
    if (this.health.isPaused)
      return { state: 'paused', code: 'KEEPS_FAILING', reason: 'its code keeps failing' };
    return { state: 'running', code: null, reason: null };
  }

  private valid(config: JsonObject): JsonObject {
    const copy = structuredClone(config);
    const problem = this.settings.problem(copy);
    if (problem !== null) throw new PluginRefusal('CONFIG_INVALID', problem);
    return copy;
  }

  private async lifecycle(step: 'start' | 'stop' | 'dispose'): Promise<void> {
    const definition: PluginDefinition | undefined = this.running?.definition;
    const late = () => new Error(`${step} took more than ${LIFECYCLE_MS} ms`);
    await withDeadline(
      inside(this.boundary, () => definition?.[step]?.()),
      LIFECYCLE_MS,
      late,
    );
  }
}

/** On behalf of the plugin, also a synchronous throw as a rejection. */
function inside(boundary: PluginBoundary, work: () => void | Promise<void>): Promise<void> {
  return boundary.asItself(async () => work());
}
