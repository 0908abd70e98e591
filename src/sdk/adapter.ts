import type { EventEnvelope } from './events/contract.js';
import type { Json, JsonSchema } from './json.js';
import type { Outcome } from './outcome.js';

/** The delivery being attempted; `id` (`msg_<delivery_id>`) stays the same over all attempts and resends. */
export interface DeliveryInfo {
  readonly id: string;
  readonly deliveryId: number;
  readonly eventId: number;
  readonly webhookId: number;
  readonly createdAt: Date;
  /** Headers that hand on where the event came from: `traceparent`, `forgegate-event-chain`. */
  readonly trail: Readonly<Record<string, string>>;
  /** The event as the exact UTF-8 text that is stored; sign and send this, never a re-serialised copy. */
  readonly body: string;
}

/** A subscription's own settings, already validated against the adapter's schema; secrets are in clear here only. */
export interface Endpoint<Config = Record<string, unknown>> {
  readonly url: string;
  readonly config: Config;
  /** Live signing secrets (`whsec_...`), newest first. Empty when the subscription has none. */
  readonly secrets: readonly string[];
}

export interface AttemptInfo {
  /** 1 for the first. */
  readonly number: number;
  readonly startedAt: Date;
}

export interface HttpRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** For `https:`; connections are kept for each set of these. */
  readonly tls?: HttpTls;
}

/** PEM texts. */
export interface HttpTls {
  /** Authorities that are trusted in place of the usual ones. */
  readonly ca?: string;
  /** What the gateway shows of itself, with its chain. */
  readonly cert?: string;
  readonly key?: string;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; a repeated header is joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** At most 64 KiB of the answer, as text; `truncated` tells whether there was more. */
  readonly body: string;
  readonly truncated: boolean;
}

/**
 * The only way out to the network for an adapter. Checks the address when it dials, never follows redirects,
 * caps the answer, obeys the attempt's deadline, and records the exchange on the attempt for the delivery log.
 * Rejects with an {@link HttpFailure}.
 */
export interface PluginHttp {
  request(url: string, request?: HttpRequest): Promise<HttpResponse>;
}

/** Why no answer came. `blocked`: our policy; `local`: our side (resolver, proxy); `remote`: the receiver's side. */
export class HttpFailure extends Error {
  constructor(
    readonly kind: 'blocked' | 'local' | 'remote',
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'HttpFailure';
  }
}

/**
 * For services that are not spoken to by HTTP. Whoever dials by himself dials nothing but what this answered: the
 * operator's rule about private addresses holds for every way out.
 */
export interface PluginNet {
  /**
   * Addresses of a host name or a literal, all of them allowed. Dial one of these, never the name again.
   * Rejects with an {@link HttpFailure}: `blocked`, or that of the resolver.
   */
  addressesOf(hostname: string): Promise<readonly { readonly address: string; readonly family: 4 | 6 }[]>;
}

/** What went over the wire, for the delivery log; secrets of the endpoint are redacted, 64 KiB of each are kept. */
export interface WireRecord {
  /** Where to: a URL, `queue orders on amqp://...`, a file. */
  readonly target: string;
  readonly request: string;
  readonly response?: string;
}

export interface PluginLogger {
  debug(message: string, details?: Record<string, unknown>): void;
  info(message: string, details?: Record<string, unknown>): void;
  warn(message: string, details?: Record<string, unknown>): void;
  error(message: string, details?: Record<string, unknown>): void;
}

/** Small durable key-value state of one plugin, seen by all processes. Keys <= 200 characters, values <= 64 KiB of JSON. */
export interface PluginStore {
  get(key: string): Promise<Json | undefined>;
  set(key: string, value: Json): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * Changes a value that others may be changing: `change` sees it as it is, and is asked again when it is not any more.
   * It answers what shall be; undefined deletes.
   * @returns what is now
   */
  update(key: string, change: (now: Json | undefined) => Json | undefined): Promise<Json | undefined>;
}

export interface DeliverContext<Config = Record<string, unknown>> {
  readonly event: EventEnvelope;
  readonly delivery: DeliveryInfo;
  readonly endpoint: Endpoint<Config>;
  readonly attempt: AttemptInfo;
  /** Aborts at the attempt's deadline and when the gateway must stop. */
  readonly signal: AbortSignal;
  readonly http: PluginHttp;
  readonly net: PluginNet;
  /** Puts an exchange into the delivery log that did not go through `http`; the last one of an attempt stays. */
  readonly record: (exchange: WireRecord) => void;
  readonly log: PluginLogger;
  readonly store: PluginStore;
}

/**
 * Sends events somewhere. `deliver` returns an {@link Outcome}; a throw counts as `retry` with code `ADAPTER_THREW`,
 * passing the deadline as `retry` with `TIMEOUT`.
 */
export interface Adapter<Config = Record<string, unknown>> {
  readonly summary?: string;
  /**
   * JSON Schema of `config` in `create_webhook`, checked when saved and when used. Mark secret members with
   * `"x-secret": true`: they are encrypted at rest and masked in every answer. No schema: `config` must be empty.
   */
  readonly config?: JsonSchema;
  /** Whether `url` is `required` (the default), `optional` or `none` for this adapter. */
  readonly url?: 'required' | 'optional' | 'none';
  /** Schemes that `url` may have, default `http` and `https`. The host is judged by the address policy in any case. */
  readonly urlSchemes?: readonly string[];
  /** Whether a signing secret is made for each subscription. Default true. */
  readonly signed?: boolean;
  /** For subscriptions that set none of their own, e.g. because the service throttles. */
  readonly limits?: { readonly maxInFlight?: number; readonly ratePerMinute?: number };
  /** What the schema cannot say, checked when a subscription is saved. @returns why not, naming the member; or null */
  check?(endpoint: Pick<Endpoint<Config>, 'url' | 'config'>): string | null;
  deliver(context: DeliverContext<Config>): Promise<Outcome>;
}
