import { type PluginNet } from 'forgegate/sdk';
import type { BrokerConnection, Opener } from './message.js';
import type { Kind, Target } from './settings.js';

/** Loaded when somebody publishes there: a gateway without brokers does not carry five clients. */
const OPENERS: Readonly<Record<Kind, () => Promise<Opener>>> = {
  nats: async () => (await import('./nats.js')).openNats,
  rabbitmq: async () => (await import('./rabbitmq.js')).openRabbitMq,
  redis: async () => (await import('./redis.js')).openRedis,
  mqtt: async () => (await import('./mqtt.js')).openMqtt,
  kafka: async () => (await import('./kafka.js')).openKafka,
};

const IDLE_MS = 60_000;
const OPEN_WITHIN_MS = 10_000;

interface Entry {
  readonly connection: Promise<BrokerConnection>;
  idle: NodeJS.Timeout | undefined;
}

/**
 * One connection for each broker and credentials, closed after a minute without use. None of the clients dials again by
 * itself: every dial goes through the address policy.
 */
export class Connections {
  private readonly entries = new Map<string, Entry>();

  async of(target: Target, net: PluginNet, signal: AbortSignal): Promise<BrokerConnection> {
    const key = keyOf(target);
    const known = this.entries.get(key);
    if (known) {
      const connection = await known.connection;
      if (connection.isOpen) {
        this.keep(key, known);
        return connection;
      }
      if (this.entries.get(key) === known) this.drop(target);
      else return this.of(target, net, signal);
    }
    const entry: Entry = { connection: open(target, net, signal), idle: undefined };
    this.entries.set(key, entry);
    this.keep(key, entry);
    entry.connection.catch(() => this.forget(key, entry));
    return entry.connection;
  }

  drop(target: Target): void {
    const key = keyOf(target);
    const entry = this.entries.get(key);
    if (entry) this.forget(key, entry);
  }

  close(): void {
    for (const [key, entry] of this.entries) this.forget(key, entry);
  }

  private keep(key: string, entry: Entry): void {
    clearTimeout(entry.idle);
    entry.idle = setTimeout(() => this.forget(key, entry), IDLE_MS).unref();
  }

  private forget(key: string, entry: Entry): void {
    clearTimeout(entry.idle);
    if (this.entries.get(key) === entry) this.entries.delete(key);
    entry.connection.then(
      (connection) => connection.close(),
      () => undefined,
    );
  }
}

async function open(target: Target, net: PluginNet, signal: AbortSignal): Promise<BrokerConnection> {
  const opener = await OPENERS[target.kind]();
  return opener(target, net, AbortSignal.any([signal, AbortSignal.timeout(OPEN_WITHIN_MS)]));
}

/** Everything that it depends on, and the exchange: over a wrong one RabbitMQ ends what others would share. */
function keyOf({ settings, ...place }: Target): string {
  const { exchange, username, password, token, sasl, ca } = settings;
  return JSON.stringify([place, exchange, username, password, token, sasl, ca]);
}
