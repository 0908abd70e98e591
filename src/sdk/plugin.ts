import type { Adapter, PluginHttp, PluginLogger, PluginStore } from './adapter.js';
import type { EventHandler, HandlerOptions } from './contributions/handler.js';
import type { MethodDeclaration, MethodHandler } from './contributions/method.js';
import type { PageHandler, PageOptions } from './contributions/page.js';
import type { PolicyDecider, PolicyDeclaration } from './contributions/policy.js';
import type { ScheduledRun, ScheduleOptions } from './contributions/schedule.js';
import type { EventContract } from './events/contract.js';
import type { Json, JsonObject } from './json.js';

/** Settings of the gateway that plugins need. */
export interface GatewayFacts {
  /** Where users reach it, without a slash at the end. */
  readonly publicUrl: string;
  /**
   * `FORGEGATE_SMTP_URL` (with user and password) and `FORGEGATE_MAIL_FROM`; null when mail is not set up, and for
   * plugins that do not run in the gateway's own process.
   */
  readonly mail: { readonly url: string; readonly from: string } | null;
  /** A folder of the plugin's own on this machine, made when asked for; for what each process keeps for itself. */
  dataFolder(): Promise<string>;
}

/**
 * What a plugin can reach while it runs. What it registers here, during `setup` only, is withdrawn when it stops. Each
 * kind of registration must stand in `kinds` of `plugin.json`.
 */
export interface PluginContext<Config = JsonObject> {
  readonly id: string;
  /** Of the gateway, e.g. `0.4.2`; the plugin API's own is `SDK_VERSION`. */
  readonly gatewayVersion: string;
  readonly gateway: GatewayFacts;
  /** The operator's settings, valid by `config` of `plugin.json`, with defaults filled in and secrets in clear. */
  readonly config: Readonly<Config>;
  readonly log: PluginLogger;
  readonly store: PluginStore;
  /** The way out: public addresses only, and only to `capabilities.hosts`. */
  readonly http: PluginHttp;

  /** The time. In a test gateway `advance` moves it, which `Date.now()` knows nothing of. */
  now(): Date;

  /** Adds an outbound adapter under `name`, which `create_webhook {adapter: name}` then accepts. */
  adapter<Settings = Record<string, unknown>>(name: string, adapter: Adapter<Settings>): void;
  /** Adds a method to the API, in every dialect, behind the same guard as any other. */
  method<Args = JsonObject>(name: string, declaration: MethodDeclaration, handler: MethodHandler<Args>): void;
  /** @param types event types, with `*` for any run of characters: `pull_request.*` */
  on(types: string | readonly string[], handler: EventHandler, options?: HandlerOptions): void;
  policy(declaration: PolicyDeclaration, decide: PolicyDecider): void;
  /** Adds an event type of the plugin's own, named `<plugin id>.<past_tense>`. */
  event<Data>(contract: EventContract<string, Data>): void;
  /** @param path with a leading slash; one that ends in `/*` takes everything below it */
  page(path: string, handler: PageHandler, options?: PageOptions): void;
  /** Serves the files of a folder of the plugin at a path. */
  files(path: string, folder: string, options?: PageOptions): void;
  schedule(name: string, options: ScheduleOptions, run: ScheduledRun): void;

  /** Calls a method of the gateway as `plugin:<id>`, within `capabilities`. Rejects with the refusal's text. */
  call<Result = Json>(method: string, args?: JsonObject): Promise<Result>;
  /** Records an event of the plugin's own. @returns event_id */
  emit(type: string, data: JsonObject, about?: { readonly repoid: number | string }): Promise<number>;
}

/**
 * `setup -> start -> configChanged* -> stop -> dispose`. `setup` has 10 s, each of the others 5 s. Only `setup` is asked
 * for.
 */
export interface PluginDefinition<Config = JsonObject> {
  /** Registers everything; nothing is called before it has ended. */
  setup(ctx: PluginContext<Config>): void | Promise<void>;
  /** All registrations are in force. */
  start?(): void | Promise<void>;
  /** New settings; a plugin without it is stopped and set up again instead. */
  configChanged?(config: Readonly<Config>): void | Promise<void>;
  /** Its registrations were withdrawn. */
  stop?(): void | Promise<void>;
  /** The last call: the process, or the plugin's place in it, ends. */
  dispose?(): void | Promise<void>;
}

/** The default export of a plugin's entry module. */
export function definePlugin<Config = JsonObject>(
  definition: PluginDefinition<Config>,
): PluginDefinition<Config> {
  return definition;
}
