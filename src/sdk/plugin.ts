import type { Adapter, PluginLogger, PluginStore } from './adapter.js';

/** Settings of the gateway that adapters need. */
export interface GatewayFacts {
  /** Where users reach it, without a slash at the end. */
  readonly publicUrl: string;
  /** `FORGEGATE_SMTP_URL` (with user and password) and `FORGEGATE_MAIL_FROM`; null when mail is not set up. */
  readonly mail: { readonly url: string; readonly from: string } | null;
  /** A folder of the plugin's own on this machine, made when asked for; for what each process keeps for itself. */
  dataFolder(): Promise<string>;
}

/** What a plugin can reach while it runs. Whatever it registers here is withdrawn when it stops. */
export interface PluginContext {
  readonly id: string;
  /** Of the gateway, e.g. `0.4.2`; the plugin API's own is `SDK_VERSION`. */
  readonly gatewayVersion: string;
  readonly gateway: GatewayFacts;
  readonly log: PluginLogger;
  readonly store: PluginStore;
  /** Adds an outbound adapter under `name`, which `create_webhook {adapter: name}` then accepts. */
  adapter<Config = Record<string, unknown>>(name: string, adapter: Adapter<Config>): void;
}

export interface PluginDefinition {
  /** Called once, before anything is delivered; 10 s at most. */
  setup(ctx: PluginContext): void | Promise<void>;
  /** Called on stop, after its registrations were withdrawn; 5 s at most. */
  stop?(): void | Promise<void>;
}

/** The default export of a plugin's entry module. */
export function definePlugin(definition: PluginDefinition): PluginDefinition {
  return definition;
}
