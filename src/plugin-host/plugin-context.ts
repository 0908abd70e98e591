import { isAbsolute, normalize } from 'node:path';
import { FORGEGATE_VERSION } from '../config/version.js';
import {
  delivered,
  MethodRefusal,
  type Adapter,
  type EventContract,
  type GatewayFacts,
  type Json,
  type JsonObject,
  type MethodHandler,
  type PageAnswer,
  type PageOptions,
  type PluginContext,
  type PolicyVerdict,
} from '../sdk/index.js';
import { runningPlugin, type PluginBoundary } from './boundary.js';
import { nothingContributed, type Contributions, type OfOnePlugin } from './contributions.js';
import { HostedAdapter, type AdapterOwner } from './hosted-adapter.js';
import { KEBAB_CASE, type PluginKind } from './manifest-schema.js';
import type { PluginClock } from './plugin-clock.js';
import type { PluginServices } from './plugin-services.js';

const KEBAB = new RegExp(KEBAB_CASE);
const METHOD_NAME = /^[a-z][a-z0-9_]*$/;
const PAGE_PATH = /^\/(?:[\w.-]+\/)*(?:[\w.-]*|\*)$/;
const MIN_EVERY_MS = 1_000;

/** What a context needs to know of its plugin. */
export interface ContextOwner extends AdapterOwner {
  readonly kinds: readonly PluginKind[];
  readonly services: PluginServices;
  readonly gateway: GatewayFacts;
  readonly clock: PluginClock;
}

/** Gathers what a plugin registers during its setup. */
export class PluginRegistrations {
  readonly found: OfOnePlugin = nothingContributed();
  readonly context: PluginContext;
  private isOpen = true;

  constructor(
    private readonly owner: ContextOwner,
    config: JsonObject,
  ) {
    const { id, log, gateway, clock } = owner;
    const services = onOurBehalf(owner);
    this.context = {
      id,
      gatewayVersion: FORGEGATE_VERSION,
      gateway,
      config: Object.freeze(config),
      log,
      store: services.store,
      http: services.http,
      now: () => new Date(clock.now()),
      call: async <Result = Json>(method: string, args: JsonObject = {}) =>
        (await services.call(method, args)) as Result,
      emit: (type, data, about) => services.emit(type, data, about),
      adapter: (name, adapter) => this.adapter(name, adapter as Adapter),
      method: (name, declaration, handler) => this.method(name, declaration, handler as MethodHandler),
      on: (types, handler, options) => this.on(types, handler, options),
      policy: (declaration, decide) => this.policy(declaration, decide),
      event: (contract) => this.event(contract),
      page: (path, handler, options) => this.page(path, null, handler, options),
      files: (path, folder, options) => this.files(path, folder, options),
      schedule: (name, options, run) => this.schedule(name, options, run),
    };
  }

  /** Setup has ended: nothing more can be registered. */
  close(): void {
    this.isOpen = false;
  }

  private get boundary(): PluginBoundary {
    return this.owner.boundary;
  }

  private add<Kind extends keyof Contributions>(
    kind: Kind,
    { name }: { name: string },
    make: () => Contributions[Kind],
  ): void {
    if (!this.isOpen) throw new Error(`${kind}: registered during setup only`);
    if (!this.owner.kinds.includes(kind)) throw new Error(`plugin.json does not name the kind ${kind}`);
    if (this.found[kind].some((known) => known.name === name))
      throw new Error(`${kind}: ${name} is registered twice`);
    this.found[kind].push(make());
  }

  private adapter(name: string, adapter: Adapter): void {
    requireKebab('adapter', name);
    requireFunction(`adapter ${name}: deliver`, adapter?.deliver);
    this.add('adapter', { name }, () => new HostedAdapter(name, this.owner, adapter));
  }

  private method(
    name: string,
    declaration: Parameters<PluginContext['method']>[1],
    handler: MethodHandler,
  ): void {
    if (!METHOD_NAME.test(name))
      throw new Error(`method ${name}: a name is lower case letters, digits and _`);
    requireFunction(`method ${name}`, handler);
    for (const member of ['requires', 'args', 'result', 'summary'] as const) {
      if (!declaration?.[member]) throw new Error(`method ${name} has no \`${member}\``);
    }
    this.add('methods', { name }, () => ({
      pluginId: this.owner.id,
      name,
      declaration,
      invoke: (args, call) =>
        this.boundary.run(
          `method ${name}`,
          call.signal,
          () => handler(args, call),
          (error) => error instanceof MethodRefusal,
        ),
    }));
  }

  private on(...[types, handler, { name = 'events' } = {}]: Parameters<PluginContext['on']>): void {
    requireKebab('handler', name);
    requireFunction(`handler ${name}`, handler);
    const list = typeof types === 'string' ? [types] : [...types];
    if (list.length === 0) throw new Error(`handler ${name} names no event type`);
    this.add('handler', { name }, () => ({
      pluginId: this.owner.id,
      name,
      types: list,
      adapter: new HostedAdapter(handlerAdapter(this.owner.id, name), this.owner, {
        summary: `Events for plugin ${this.owner.id}`,
        url: 'none',
        signed: false,
        async deliver({ event, delivery, attempt, signal }) {
          await handler(event, { id: delivery.id, attempt: attempt.number, signal });
          return delivered('HANDLED');
        },
      }),
    }));
    const unseen = list.find((type) => !type.includes('*') && !this.owner.capabilities.sees(type));
    if (unseen !== undefined)
      throw new Error(
        `capabilities.events in plugin.json do not name ${unseen}, which handler ${name} wants`,
      );
  }

  private policy(...[declaration, decide]: Parameters<PluginContext['policy']>): void {
    const name = declaration.name ?? this.owner.id;
    requireKebab('policy', name);
    requireFunction(`policy ${name}`, decide);
    if (declaration.onFailure !== 'open' && declaration.onFailure !== 'closed')
      throw new Error(`policy ${name}: onFailure must be open or closed`);
    if (!Array.isArray(declaration.actions) || declaration.actions.length === 0)
      throw new Error(`policy ${name} names no action`);
    this.add('policy', { name }, () => ({
      pluginId: this.owner.id,
      name,
      declaration,
      decide: (question, signal) =>
        this.boundary.run(`policy ${name}`, signal, async () => asVerdict(await decide(question, signal))),
    }));
  }

  private event(contract: EventContract<string, unknown>): void {
    const { type } = contract;
    const prefix = `${this.owner.id.replaceAll('-', '_')}.`;
    if (!type.startsWith(prefix) || !/^[a-z0-9_]+\.[a-z0-9_]+$/.test(type))
      throw new Error(`event ${type}: a plugin's own types are called ${prefix}<past_tense>`);
    this.add('events', { name: type }, () => ({ pluginId: this.owner.id, name: type, contract }));
  }

  private files(path: string, folder: string, options?: PageOptions): void {
    const inside = normalize(folder);
    if (isAbsolute(inside) || inside.startsWith('..'))
      throw new Error(`files ${path}: ${folder} leaves the plugin`);
    this.page(path, inside, () => ({ status: 404 }), options);
  }

  private page(
    path: string,
    folder: string | null,
    handler: Parameters<PluginContext['page']>[1],
    options: PageOptions = {},
  ): void {
    if (!PAGE_PATH.test(path)) throw new Error(`page ${path}: a path is /words/like/this, or ends in /*`);
    requireFunction(`page ${path}`, handler);
    this.add('pages', { name: path }, () => ({
      pluginId: this.owner.id,
      name: path,
      folder,
      options,
      answer: (request) =>
        this.boundary.run(`page ${path}`, request.signal, async () => asAnswer(await handler(request))),
    }));
  }

  private schedule(...[name, options, run]: Parameters<PluginContext['schedule']>): void {
    requireKebab('schedule', name);
    requireFunction(`schedule ${name}`, run);
    if (!Number.isInteger(options?.everyMs) || options.everyMs < MIN_EVERY_MS)
      throw new Error(`schedule ${name}: everyMs is a whole number of at least ${MIN_EVERY_MS}`);
    this.add('schedule', { name }, () => ({
      pluginId: this.owner.id,
      name,
      options,
      run: async (signal) => {
        await this.boundary.run(`schedule ${name}`, signal, () => run(signal));
      },
    }));
  }
}

/**
 * What the gateway does for a plugin is its own doing: connections that it opens on the way outlive the call, and what
 * becomes of them is not the plugin's fault.
 */
function onOurBehalf({ services, capabilities }: ContextOwner): PluginServices {
  const { store, call, emit } = services;
  const http = capabilities.within(services.http);
  const outside = <T>(work: () => T): T => runningPlugin.exit(work);
  return {
    store: {
      get: (key) => outside(() => store.get(key)),
      set: (key, value) => outside(() => store.set(key, value)),
      delete: (key) => outside(() => store.delete(key)),
      update: (key, change) => outside(() => store.update(key, change)),
    },
    http: { request: (url, request) => outside(() => http.request(url, request)) },
    call: (method, args) => outside(() => call(method, args)),
    emit: (type, data, about) => outside(() => emit(type, data, about)),
  };
}

/** The name under which a handler's queue stands among the adapters; nobody can subscribe with it. */
const handlerAdapter = (pluginId: string, name: string) => `plugin:${pluginId}:${name}`;

function requireKebab(what: string, name: unknown): void {
  if (typeof name !== 'string' || !KEBAB.test(name))
    throw new Error(`${what} name ${String(name)} is not kebab-case`);
}

function requireFunction(what: string, value: unknown): void {
  if (typeof value !== 'function') throw new Error(`${what} is no function`);
}

function asVerdict(value: unknown): PolicyVerdict {
  const { allow, reason } = (value ?? {}) as { allow?: unknown; reason?: unknown };
  if (allow === true) return { allow };
  if (allow === false && typeof reason === 'string' && reason !== '') return { allow, reason };
  throw new Error('the policy did not return a verdict (use allow() or refuse(reason))');
}

function asAnswer(value: unknown): PageAnswer {
  if (typeof value !== 'object' || value === null) throw new Error('the page did not return an answer');
  const { status = 200, headers = {}, body = '' } = value as PageAnswer;
  if (!Number.isInteger(status) || status < 200 || status > 599 || typeof body !== 'string')
    throw new Error('the page did not return a status from 200 to 599 and a text as its body');
  return { status, headers, body };
}
