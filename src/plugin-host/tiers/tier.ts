import type { PluginDefinition, PluginLogger } from '../../sdk/index.js';
import type { PluginBoundary } from '../boundary.js';
import type { Capabilities } from '../capabilities.js';
import type { PluginClock } from '../plugin-clock.js';
import type { PluginManifest } from '../plugin-manifest.js';
import type { PluginServices } from '../plugin-services.js';
import type { PluginSource } from '../plugin-sources.js';

/** What a tier must know of the plugin that it runs. */
export interface TierPlugin {
  readonly id: string;
  readonly source: PluginSource;
  readonly manifest: PluginManifest | null;
  readonly log: PluginLogger;
  readonly boundary: PluginBoundary;
  readonly services: PluginServices;
  readonly capabilities: Capabilities;
  readonly clock: PluginClock;
}

/** Why a plugin that was started does not work at the moment. */
export interface Trouble {
  readonly state: 'restarting' | 'paused';
  readonly code: string;
  readonly reason: string;
}

/** The code of a plugin, loaded, wherever it runs. */
export interface RunningPlugin {
  readonly definition: PluginDefinition;
  /** Whether it reaches the network through `ctx.http` only. */
  readonly isOffline: boolean;
  readonly trouble: Trouble | null;
  /** Ends whatever runs for it. Never rejects; more than once is fine. */
  end(): Promise<void>;
}

/** @throws PluginRefusal */
export type LoadPlugin = (plugin: TierPlugin) => Promise<RunningPlugin>;
