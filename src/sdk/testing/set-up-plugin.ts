import type { Adapter, PluginHttp, PluginLogger, PluginStore } from '../adapter.js';
import type {
  EventHandler,
  MethodCall,
  MethodDeclaration,
  MethodHandler,
  PageHandler,
  PolicyDecider,
  PolicyDeclaration,
  ScheduledRun,
} from '../contributions/index.js';
import type { EventContract } from '../events/contract.js';
import type { Json, JsonObject } from '../json.js';
import type { GatewayFacts, PluginDefinition } from '../plugin.js';
import { FakeHttp } from './fake-http.js';

/** A call that the plugin made with `ctx.call`, or an event that it recorded with `ctx.emit`. */
export interface Asked {
  readonly name: string;
  readonly args: JsonObject;
}

export interface SetUpOptions<Config> {
  readonly id?: string;
  readonly config?: Config;
  readonly http?: PluginHttp;
  readonly gateway?: Partial<GatewayFacts>;
  /** Answers what the plugin calls with `ctx.call`; null unless given. */
  readonly answer?: (method: string, args: JsonObject) => Json;
  /** What `ctx.now()` answers; the real time unless given. */
  readonly now?: () => Date;
}

/** What a plugin registered, to be called by name. Each getter throws when nothing has that name. */
export interface SetUpPlugin {
  readonly store: PluginStore;
  readonly calls: readonly Asked[];
  readonly emitted: readonly Asked[];
  readonly events: readonly EventContract<string, unknown>[];
  adapter(name: string): Adapter;
  method(name: string): { declaration: MethodDeclaration; call(args?: JsonObject): Promise<Json> };
  handler(name?: string): EventHandler;
  policy(name?: string): { declaration: PolicyDeclaration; decide: PolicyDecider };
  page(path: string): PageHandler;
  schedule(name: string): ScheduledRun;
  /** As the gateway does when it stops. */
  stop(): Promise<void>;
}

const quiet = () => undefined;
export const silentLog: PluginLogger = { debug: quiet, info: quiet, warn: quiet, error: quiet };

/** A {@link PluginStore} that lives as long as the test. */
export function memoryStore(): PluginStore {
  const values = new Map<string, string>();
  const get = (key: string) => {
    const text = values.get(key);
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  };
  return {
    get: (key) => Promise.resolve(get(key)),
    set: (key, value) => Promise.resolve(void values.set(key, JSON.stringify(value))),
    delete: (key) => Promise.resolve(void values.delete(key)),
    update: (key, change) => {
      const next = change(get(key));
      if (next === undefined) values.delete(key);
      else values.set(key, JSON.stringify(next));
      return Promise.resolve(next);
    },
  };
}

const noGateway: GatewayFacts = {
  publicUrl: 'https://gateway.example',
  mail: null,
  dataFolder: () => Promise.reject(new Error('give setUpPlugin a gateway with a dataFolder')),
};

/** Runs a plugin's `setup` as the gateway does, with everything around it faked. */
export async function setUpPlugin<Config = JsonObject>(
  plugin: PluginDefinition<Config>,
  options: SetUpOptions<Config> = {},
): Promise<SetUpPlugin> {
  const {
    id = 'under-test',
    config = {},
    http = new FakeHttp(),
    answer = () => null,
    now = () => new Date(),
    gateway,
  } = options;
  const store = memoryStore();
  const [calls, emitted, events]: [Asked[], Asked[], EventContract<string, unknown>[]] = [[], [], []];
  const adapters = new Named<Adapter>('adapter');
  const methods = new Named<{ declaration: MethodDeclaration; handler: MethodHandler }>('method');
  const handlers = new Named<EventHandler>('handler');
  const policies = new Named<{ declaration: PolicyDeclaration; decide: PolicyDecider }>('policy');
  const pages = new Named<PageHandler>('page');
  const schedules = new Named<ScheduledRun>('schedule');
  await plugin.setup({
    id,
    gatewayVersion: '0.0.0-test',
    gateway: { ...noGateway, ...gateway },
    config: config as Config,
    log: silentLog,
    store,
    http,
    now,
    call: async (method, args = {}) => {
      calls.push({ name: method, args });
      return answer(method, args) as never;
    },
    emit: async (type, data) => emitted.push({ name: type, args: data }),
    adapter: (name, adapter) => adapters.add(name, adapter as Adapter),
    method: (name, declaration, handler) =>
      methods.add(name, { declaration, handler: handler as MethodHandler }),
    on: (_types, handler, { name = 'events' } = {}) => handlers.add(name, handler),
    policy: (declaration, decide) => policies.add(declaration.name ?? id, { declaration, decide }),
    event: (contract) => void events.push(contract),
    page: (path, handler) => pages.add(path, handler),
    files: (path) => pages.add(path, () => ({ status: 404 })),
    schedule: (name, _options, run) => schedules.add(name, run),
  });
  return {
    store,
    calls,
    emitted,
    events,
    adapter: (name) => adapters.get(name),
    method(name) {
      const { declaration, handler } = methods.get(name);
      return { declaration, call: async (args = {}) => handler(args, TEST_CALL) };
    },
    handler: (name = 'events') => handlers.get(name),
    policy: (name = id) => policies.get(name),
    page: (path) => pages.get(path),
    schedule: (name) => schedules.get(name),
    stop: async () => {
      await plugin.stop?.();
      await plugin.dispose?.();
    },
  };
}

const TEST_CALL: MethodCall = {
  caller: { user_id: 2, username: 'ada', admin: false },
  requestId: 'req-test',
  signal: new AbortController().signal,
};

class Named<T> {
  private readonly items = new Map<string, T>();

  constructor(private readonly kind: string) {}

  add(name: string, item: T): void {
    this.items.set(name, item);
  }

  get(name: string): T {
    const item = this.items.get(name);
    if (item === undefined)
      throw new Error(`the plugin has no ${this.kind} ${name}, only ${[...this.items.keys()].join(', ')}`);
    return item;
  }
}
