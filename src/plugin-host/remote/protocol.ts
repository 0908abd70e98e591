import type {
  Adapter,
  EventContract,
  Json,
  JsonObject,
  MethodDeclaration,
  PageOptions,
  PolicyDeclaration,
  ScheduleOptions,
} from '../../sdk/index.js';

/**
 * What a plugin in a worker or a child answers to `setup`: everything that it adds, as data. It is called back by name.
 *
 * | to the plugin | params | result |
 * |---|---|---|
 * | `setup` | `id, config, sdk_version, public_url, data_folder` | this |
 * | `ping` | | null |
 * | `start`, `stop`, `dispose` | | null |
 * | `config_changed` | `config` | null |
 * | `deliver` | `adapter, invocation, event, delivery, endpoint, attempt` | outcome |
 * | `method` | `name, args, caller, request_id` | the method's result |
 * | `handle` | `name, event, delivery` | null |
 * | `decide` | `name, question` | verdict |
 * | `page` | `path, request` | answer |
 * | `run` | `name` | null |
 * | `clock` (a notification, in tests) | `offset_ms`: how far `ctx.now()` is ahead | |
 *
 * | from the plugin | params | result |
 * |---|---|---|
 * | `log` (a notification) | `level, message, details?` | |
 * | `store.get`, `store.set`, `store.delete` | `key, value?` | value or null |
 * | `store.swap` | `key, expected?, value?` | whether `expected` was there and `value` is now |
 * | `http.request` | `url, method?, headers?, body?, invocation?` | `status, headers, body, truncated` |
 * | `net.addresses` | `hostname, invocation` | a list of `address, family` |
 * | `record` (a notification) | `invocation, target, request, response?` | |
 * | `call` | `method, args` | the method's result |
 * | `emit` | `type, data, about?` | event_id |
 *
 * `check` of an adapter does not cross; its `config` says what it needs. `ping` comes when a call was not answered in
 * time; a plugin that does not answer it is replaced.
 *
 * A request that the plugin makes because of one of the gateway's names it: `within: <its id>`. What comes of it belongs
 * to the same chain of events then, so that loops are found; a plugin that does one thing at a time may leave it out.
 *
 * Both sides may send `$/cancel {id}`. A method refuses with an error whose `data` is `{kind: "refusal", reason}`.
 */
export interface SetupAnswer {
  readonly adapters?: readonly (Pick<
    Adapter,
    'summary' | 'config' | 'url' | 'urlSchemes' | 'signed' | 'limits'
  > & { name: string })[];
  readonly methods?: readonly (MethodDeclaration & { name: string })[];
  readonly handlers?: readonly { name?: string; types: readonly string[] }[];
  readonly policies?: readonly PolicyDeclaration[];
  readonly events?: readonly EventContract[];
  readonly pages?: readonly { path: string; folder?: string; options?: PageOptions }[];
  readonly schedules?: readonly (ScheduleOptions & { name: string })[];
  /** Whether it takes `config_changed`; otherwise it is started anew. */
  readonly takes_config?: boolean;
}

/** What crosses must be JSON; what types call readonly or optional is that too. */
export const asJson = (value: unknown) => value as Json;
export const asParams = (value: object) => value as JsonObject;

/** A name or a text of a message; anything else has none. */
export const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
