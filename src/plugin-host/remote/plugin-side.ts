import {
  HttpFailure,
  MethodRefusal,
  type Adapter,
  type DeliverContext,
  type EventEnvelope,
  type EventHandler,
  type HandlerDelivery,
  type HttpRequest,
  type HttpResponse,
  type Json,
  type JsonObject,
  type MethodCall,
  type MethodHandler,
  type PageHandler,
  type PageRequest,
  type PluginContext,
  type PluginDefinition,
  type PluginHttp,
  type PluginLogger,
  type PluginStore,
  type PolicyDecider,
  type PolicyQuestion,
  type ScheduledRun,
} from '../../sdk/index.js';
import { FORGEGATE_VERSION } from '../../config/version.js';
import { Peer, RemoteError, type Channel } from './peer.js';
import { asJson, asParams, textOf, type SetupAnswer } from './protocol.js';

/** Runs in the plugin's own thread or process: gives it a `ctx` whose every call crosses to the gateway. */
export function servePlugin(channel: Channel, load: () => Promise<PluginDefinition>): void {
  new PluginSide(channel, load);
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Collected = {
  [Key in 'adapters' | 'methods' | 'handlers' | 'policies' | 'events' | 'pages' | 'schedules']: object[];
};

/** A {@link DeliverContext} as it crosses: times are texts. */
interface SentDelivery extends Pick<DeliverContext, 'event' | 'endpoint'> {
  readonly delivery: Omit<DeliverContext['delivery'], 'createdAt'> & { readonly createdAt: string };
  readonly attempt: Omit<DeliverContext['attempt'], 'startedAt'> & { readonly startedAt: string };
}

class PluginSide {
  private readonly peer: Peer;
  private definition: PluginDefinition | null = null;
  private context: PluginContext | null = null;
  private clockOffsetMs = 0;
  private readonly adapters = new Map<string, Adapter>();
  private readonly methods = new Map<string, MethodHandler>();
  private readonly handlers = new Map<string, EventHandler>();
  private readonly policies = new Map<string, PolicyDecider>();
  private readonly pages = new Map<string, PageHandler>();
  private readonly schedules = new Map<string, ScheduledRun>();

  constructor(
    channel: Channel,
    private readonly load: () => Promise<PluginDefinition>,
  ) {
    this.peer = new Peer(channel, {
      ping: () => null,
      clock: ({ offset_ms }) => {
        this.clockOffsetMs = Number(offset_ms);
        return null;
      },
      setup: (params) => this.setup(params),
      start: () => this.lifecycle('start'),
      stop: () => this.lifecycle('stop'),
      dispose: () => this.lifecycle('dispose'),
      config_changed: async ({ config }) => {
        await this.definition?.configChanged?.(config as JsonObject);
        return null;
      },
      deliver: (params, signal) => this.deliver(params, signal),
      method: (params, signal) => this.method(params, signal),
      handle: async ({ name, event, delivery }, signal) => {
        const handed = { ...(delivery as object), signal } as HandlerDelivery;
        await found(this.handlers, name)(event as unknown as EventEnvelope, handed);
        return null;
      },
      decide: async ({ name, question }, signal) =>
        asJson(await found(this.policies, name)(question as unknown as PolicyQuestion, signal)),
      page: async ({ path, request }, signal) =>
        asJson(await found(this.pages, path)({ ...(request as object), signal } as PageRequest)),
      run: async ({ name }, signal) => {
        await found(this.schedules, name)(signal);
        return null;
      },
    });
  }

  private async setup(params: JsonObject): Promise<Json> {
    this.definition = await this.load();
    const collected: Collected = {
      adapters: [],
      methods: [],
      handlers: [],
      policies: [],
      events: [],
      pages: [],
      schedules: [],
    };
    this.context = this.contextFor(params, collected);
    await this.definition.setup(this.context);
    const answer: Writable<SetupAnswer> = {
      ...(collected as SetupAnswer),
      takes_config: this.definition.configChanged !== undefined,
    };
    return asJson(answer);
  }

  private async lifecycle(step: 'start' | 'stop' | 'dispose'): Promise<Json> {
    await this.definition?.[step]?.();
    return null;
  }

  private async deliver(params: JsonObject, signal: AbortSignal): Promise<Json> {
    const { adapter, invocation } = params;
    const { log, store } = this.context as PluginContext;
    const sent = params as unknown as SentDelivery;
    const context: DeliverContext = {
      event: sent.event,
      endpoint: sent.endpoint,
      delivery: { ...sent.delivery, createdAt: new Date(sent.delivery.createdAt) },
      attempt: { ...sent.attempt, startedAt: new Date(sent.attempt.startedAt) },
      http: this.http(invocation),
      net: {
        addressesOf: async (hostname) =>
          (await this.asked('net.addresses', asParams({ hostname, invocation }))) as never,
      },
      record: (exchange) => this.peer.notify('record', asParams({ ...exchange, invocation })),
      signal,
      log,
      store,
    };
    return asJson(await found(this.adapters, adapter).deliver(context));
  }

  private async method(params: JsonObject, signal: AbortSignal): Promise<Json> {
    const { name, args, caller, request_id } = params;
    const call = { caller, requestId: request_id, signal } as unknown as MethodCall;
    try {
      return await found(this.methods, name)(args as JsonObject, call);
    } catch (error) {
      if (!(error instanceof MethodRefusal)) throw error;
      throw new RemoteError(error.message, { kind: 'refusal', reason: error.reason });
    }
  }

  private contextFor(params: JsonObject, into: Collected): PluginContext {
    const { config, public_url, data_folder } = params;
    const id = textOf(params['id']);
    const keep = <T>(list: keyof Collected, map: Map<string, T>, name: string, declared: object, code: T) => {
      into[list].push(declared);
      map.set(name, code);
    };
    return {
      id,
      gatewayVersion: FORGEGATE_VERSION,
      gateway: {
        publicUrl: textOf(public_url),
        mail: null,
        dataFolder: () => Promise.resolve(textOf(data_folder)),
      },
      config: Object.freeze(config as JsonObject),
      log: this.log(),
      store: {
        get: async (key) => {
          const { value } = (await this.peer.request('store.get', { key })) as { value: Json };
          return value ?? undefined;
        },
        set: async (key, value) => void (await this.peer.request('store.set', { key, value })),
        delete: async (key) => void (await this.peer.request('store.delete', { key })),
        update: (key, change) => this.updated(key, change),
      },
      http: this.http(),
      now: () => new Date(Date.now() + this.clockOffsetMs),
      call: async (method, args = {}) => (await this.peer.request('call', { method, args })) as never,
      emit: async (type, data, about) =>
        (await this.peer.request('emit', asParams({ type, data, ...(about && { about }) }))) as number,
      adapter: (name, adapter) => {
        const { deliver: _code, check: _rule, ...declared } = adapter;
        keep('adapters', this.adapters, name, { name, ...declared }, adapter as Adapter);
      },
      method: (name, declaration, handler) =>
        keep('methods', this.methods, name, { name, ...declaration }, handler as MethodHandler),
      on: (types, handler, options = {}) => {
        const list = typeof types === 'string' ? [types] : [...types];
        keep('handlers', this.handlers, options.name ?? 'events', { ...options, types: list }, handler);
      },
      policy: (declaration, decide) =>
        keep('policies', this.policies, declaration.name ?? id, declaration, decide),
      event: (contract) => void into.events.push(contract),
      page: (path, handler, options) => keep('pages', this.pages, path, { path, options }, handler),
      files: (path, folder, options) => void into.pages.push({ path, folder, options }),
      schedule: (name, options, run) => keep('schedules', this.schedules, name, { name, ...options }, run),
    };
  }

  private async updated(key: string, change: Parameters<PluginStore['update']>[1]) {
    for (;;) {
      const { value: found } = (await this.peer.request('store.get', { key })) as { value: Json };
      const now = found ?? undefined;
      const next = change(now);
      const swap = {
        key,
        ...(now !== undefined && { expected: now }),
        ...(next !== undefined && { value: next }),
      };
      if (await this.peer.request('store.swap', swap)) return next;
    }
  }

  private http(invocation?: Json): PluginHttp {
    return {
      request: async (url: string, request: HttpRequest = {}): Promise<HttpResponse> => {
        const body = request.body instanceof Uint8Array ? Buffer.from(request.body).toString() : request.body;
        const params = { url, ...request, ...(body !== undefined && { body }) };
        const asked = asParams(invocation === undefined ? params : { ...params, invocation });
        return (await this.asked('http.request', asked)) as unknown as HttpResponse;
      },
    };
  }

  /** Failures of the network keep what they are. */
  private async asked(method: string, params: JsonObject): Promise<Json> {
    try {
      return await this.peer.request(method, params);
    } catch (error) {
      if (!(error instanceof RemoteError) || error.data['kind'] !== 'http') throw error;
      const { failure, code } = error.data;
      throw new HttpFailure(failure as HttpFailure['kind'], textOf(code), error.message);
    }
  }

  private log(): PluginLogger {
    const at = (level: keyof PluginLogger) => (message: string, details?: Record<string, unknown>) =>
      this.peer.notify('log', asParams({ level, message, ...(details && { details }) }));
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  }
}

function found<T>(map: ReadonlyMap<string, T>, name: Json | undefined): T {
  const code = map.get(textOf(name));
  if (code === undefined) throw new Error(`nothing is registered as ${textOf(name)}`);
  return code;
}
