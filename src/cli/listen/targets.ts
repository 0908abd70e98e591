import { createHmac } from 'node:crypto';
import { basename, resolve } from 'node:path';
import type { Settings } from '../../config/settings.js';
import { GuardedHttp } from '../../egress/guarded-http.js';
import { hostAlone } from '../../plugin-host/host-alone.js';
import type { HostedAdapter } from '../../plugin-host/hosted-adapter.js';
import { storeOnly } from '../../plugin-host/plugin-services.js';
import type { EventEnvelope, Json, JsonObject } from '../../sdk/index.js';
import { memoryStore } from '../../sdk/testing/set-up-plugin.js';
import { CommandError } from '../command-error.js';
import type { StreamedEvent } from './event-stream.js';

const DEADLINE_MS = 30_000;

/** Where events go. */
export interface Target {
  /** @returns what became of it, in a few words */
  take(event: StreamedEvent): Promise<string>;
  close(): Promise<void>;
}

/** Posts what a webhook would, signed by Standard Webhooks if there is a secret (`whsec_...`). */
export function urlTarget(url: string, secret: string | null): Target {
  if (!URL.canParse(url)) throw new CommandError(`${url} is no URL to forward to.`);
  const key = secret === null ? null : Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return {
    async take({ body }) {
      const { event_id } = (JSON.parse(body) as EventEnvelope).data;
      const [id, timestamp] = [`msg_listen_${event_id}`, String(Math.floor(Date.now() / 1000))];
      const headers: Record<string, string> = {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
      };
      if (key)
        headers['webhook-signature'] =
          `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
      const signal = AbortSignal.timeout(DEADLINE_MS);
      const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
      await response.arrayBuffer();
      return String(response.status);
    },
    close: () => Promise.resolve(),
  };
}

export interface PluginTargetOptions {
  readonly folder: string;
  /** Of the operator, as for configure_plugin. */
  readonly settings: JsonObject;
  /** As for create_webhook. */
  readonly url: string;
  readonly config: JsonObject;
  /** What its adapters sign with, if they do. */
  readonly secret: string;
  /** Calls methods of the gateway for `ctx.call`. */
  call(method: string, args: JsonObject): Promise<Json>;
}

/** A plugin that runs in this command: its adapters get each event, and so do its handlers. */
export async function pluginTarget(settings: Settings, options: PluginTargetOptions): Promise<Target> {
  const path = resolve(options.folder);
  const host = hostAlone({ ...settings, pluginsStrict: true });
  host.findBy(() => Promise.resolve([{ origin: 'folder', path, name: basename(path) }]));
  host.decideBy(() => Promise.resolve({ enabled: true, config: options.settings }));
  const http = new GuardedHttp({
    allowPrivateNetworks: [...settings.allowPrivateNetworks, '127.0.0.0/8', '::1/128'],
  });
  const close = async () => {
    await host.onApplicationShutdown();
    await http.close();
  };
  try {
    await host.start(() => ({
      ...storeOnly(memoryStore()),
      http: {
        request: (url, request) => http.request(url, request, { signal: AbortSignal.timeout(DEADLINE_MS) }),
      },
      call: (method, args) => options.call(method, args),
    }));
  } catch (error) {
    await close();
    throw new CommandError((error as Error).message);
  }
  const adapters = host
    .all()
    .flatMap(({ contributed }) => [
      ...contributed.adapter,
      ...contributed.handler.map(({ adapter }) => adapter),
    ]);
  if (adapters.length === 0)
    throw new CommandError(`${options.folder} has neither an adapter nor a handler.`);
  return {
    close,
    async take(event) {
      const outcomes = await Promise.all(adapters.map((adapter) => attempt(adapter, event, options, http)));
      return outcomes.join(', ');
    },
  };
}

async function attempt(
  adapter: HostedAdapter,
  { body, type }: StreamedEvent,
  { url, config, secret }: PluginTargetOptions,
  http: GuardedHttp,
): Promise<string> {
  if (!adapter.owner.capabilities.sees(type)) return `${adapter.name} does not see it`;
  const event = JSON.parse(body) as EventEnvelope;
  const id = event.data.event_id;
  const given = structuredClone(config);
  const problem = adapter.config.problem(given);
  if (problem !== null) return `${adapter.name}: ${problem} (--config)`;
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const outcome = await adapter.deliver({
    event,
    delivery: {
      id: `msg_listen_${id}`,
      deliveryId: id,
      eventId: id,
      webhookId: 0,
      trail: {},
      createdAt: new Date(),
      body,
    },
    endpoint: { url, config: given, secrets: [secret] },
    attempt: { number: 1, startedAt: new Date() },
    signal,
    http: { request: (to, request) => http.request(to, request, { signal }) },
    net: http,
    record: () => undefined,
  });
  return `${adapter.name} ${outcome.outcome} ${outcome.code}${outcome.reason === undefined ? '' : ` (${outcome.reason})`}`;
}
