import type { EventEnvelope, HttpFailure, HttpResponse, JsonObject, PluginDefinition } from '../sdk/index.js';
import type { GatewayCalls } from './gateway-calls.js';

/** A plugin to run. */
export interface TestPlugin {
  /** Where its `plugin.json` is: `new URL('.', import.meta.url)`. */
  readonly folder: string | URL;
  /** Its default export, run in this process; without it the entry in the folder, where the manifest says. */
  readonly plugin?: PluginDefinition<never>;
  /** Settings, as for `configure_plugin`. */
  readonly config?: JsonObject;
}

export interface TestGatewayOptions {
  readonly plugins?: readonly TestPlugin[];
  /** Settings of the gateway, as environment variables: `{ FORGEGATE_DELIVERY_TIMEOUT_MS: '500' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A request that a plugin made through `http`; it went no further than this. */
export interface CapturedRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What comes back for a captured request; members that are left out are those of an empty `200`. */
export type CapturedAnswer = Partial<HttpResponse> | HttpFailure;

/** A real repository of the test gateway, with a clone to push from. */
export interface TestRepository {
  readonly repo_id: number;
  readonly repo_name: string;
  /**
   * Commits files to a branch (default `main`) and pushes over HTTP, as the first administrator unless `as` is given.
   * @returns the 40 hex digits of the commit
   * @throws Error with what the client prints when the push is refused
   */
  push(
    files: Readonly<Record<string, string>>,
    options?: {
      readonly message?: string;
      readonly branch?: string;
      readonly as?: { readonly username: string; readonly key: string };
      /** Starts the branch anew from `main`'s beginning and overwrites what is there. */
      readonly force?: boolean;
    },
  ): Promise<string>;
}

/** A whole gateway in this process, with real dispatch, guard, database, delivery and git. What it does not do is reach out. */
export interface TestGateway extends GatewayCalls {
  /** Where it listens, without a path. */
  readonly url: string;
  /** Of the first administrator, `admin`. */
  readonly adminKey: string;
  /** What plugins sent through `http`, oldest first. */
  readonly requests: readonly CapturedRequest[];
  /** Answers captured requests from now on; an empty `200` before. */
  answer(answers: (request: CapturedRequest) => CapturedAnswer): void;
  /** Resolves when `count` requests have been captured. */
  captured(count: number): Promise<readonly CapturedRequest[]>;
  createRepo(
    name: string,
    options?: {
      readonly files?: Readonly<Record<string, string>>;
      readonly as?: { readonly username: string; readonly key: string };
      readonly private?: boolean;
    },
  ): Promise<TestRepository>;
  /** Makes an event happen that was recorded elsewhere: handlers and webhooks get it with a new `event_id`. @returns that */
  replay(event: EventEnvelope): Promise<number>;
  /** Resolves when nothing is under way: every event has its deliveries, and no delivery is due. */
  settled(): Promise<void>;
  /**
   * As if that much time had passed: attempts of deliveries and scheduled jobs are due that much sooner, pauses of endpoints and of
   * plugins are over, and `ctx.now()` is that much later. What the gateway writes down keeps its real time.
   */
  advance(milliseconds: number): Promise<void>;
  /** Ends it; nothing of it is left. */
  close(): Promise<void>;
}
