import { lookup } from 'node:dns/promises';
import type { DeliverContext, Endpoint, PluginHttp, PluginNet, PluginStore, WireRecord } from '../adapter.js';
import type { EventContract, EventEnvelope } from '../events/contract.js';
import { repoCreated } from '../events/repo.events.js';
import { FakeHttp } from './fake-http.js';
import { memoryStore, silentLog } from './set-up-plugin.js';

export interface DeliverOptions {
  /** The event delivered is its example. Default `repo.created`. */
  readonly contract?: EventContract<string, unknown>;
  /** The event itself, e.g. a recorded one. */
  readonly event?: EventEnvelope;
  readonly endpoint?: Partial<Endpoint>;
  readonly http?: PluginHttp;
  readonly net?: PluginNet;
  readonly record?: (exchange: WireRecord) => void;
  readonly store?: PluginStore;
  readonly signal?: AbortSignal;
  /** 1 for the first. */
  readonly attempt?: number;
}

/** Resolves and allows everything: tests speak to services on this machine. */
const localNet: PluginNet = {
  addressesOf: async (hostname) =>
    (await lookup(hostname, { all: true })).map(({ address, family }) => ({
      address,
      family: family === 4 ? (4 as const) : (6 as const),
    })),
};

/** A context as `deliver` gets it, with a real event. */
export function deliverContext(options: DeliverOptions = {}): DeliverContext {
  const contract: EventContract<string, unknown> = options.contract ?? repoCreated;
  const event: EventEnvelope = options.event ?? {
    type: contract.type,
    version: contract.version,
    timestamp: '2026-03-06T10:15:33.120Z',
    data: {
      event_id: 501,
      actor: { user_id: 2, username: 'ada' },
      ...(contract.example as Record<string, unknown>),
      request_id: 'req-test',
    },
  };
  return {
    event,
    delivery: {
      id: 'msg_9001',
      deliveryId: 9001,
      eventId: 501,
      webhookId: 3,
      trail: { 'forgegate-event-chain': '501' },
      createdAt: new Date('2026-03-06T10:15:33.130Z'),
      body: JSON.stringify(event),
    },
    endpoint: { url: 'https://receiver.example/hook', config: {}, secrets: [], ...options.endpoint },
    attempt: { number: options.attempt ?? 1, startedAt: new Date('2026-03-06T10:15:33.140Z') },
    signal: options.signal ?? new AbortController().signal,
    http: options.http ?? new FakeHttp(),
    net: options.net ?? localNet,
    record: options.record ?? (() => undefined),
    log: silentLog,
    store: options.store ?? memoryStore(),
  };
}
