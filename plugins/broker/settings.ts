import type { JsonSchema } from 'forgegate/sdk';

export interface Settings {
  /** Subject, routing key or queue, stream, topic; `{type}` is the type of the event. */
  destination: string;
  exchange?: string;
  format?: 'event' | 'nest';
  username?: string;
  password?: string;
  token?: string;
  sasl?: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  max_length?: number;
  /** PEM, for a broker with a certificate of one's own. */
  ca?: string;
}

export type Kind = 'nats' | 'rabbitmq' | 'redis' | 'mqtt' | 'kafka';

/** Where a subscription publishes to. */
export interface Target {
  readonly kind: Kind;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Behind the host, without its slash: virtual host of RabbitMQ, database of Redis. */
  readonly path: string;
  readonly settings: Settings;
}

interface Scheme {
  readonly kind: Kind;
  readonly port: number;
  readonly tls: boolean;
}

export const SCHEMES: Readonly<Record<string, Scheme>> = {
  nats: { kind: 'nats', port: 4222, tls: false },
  tls: { kind: 'nats', port: 4222, tls: true },
  amqp: { kind: 'rabbitmq', port: 5672, tls: false },
  amqps: { kind: 'rabbitmq', port: 5671, tls: true },
  redis: { kind: 'redis', port: 6379, tls: false },
  rediss: { kind: 'redis', port: 6379, tls: true },
  mqtt: { kind: 'mqtt', port: 1883, tls: false },
  mqtts: { kind: 'mqtt', port: 8883, tls: true },
  kafka: { kind: 'kafka', port: 9092, tls: false },
  'kafka+ssl': { kind: 'kafka', port: 9093, tls: true },
};

const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });

export const CONFIG: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['destination'],
  properties: {
    destination: text(255),
    exchange: { type: 'string', maxLength: 255 },
    format: { type: 'string', enum: ['event', 'nest'], default: 'event' },
    username: text(255),
    password: { ...text(1024), 'x-secret': true },
    token: { ...text(1024), 'x-secret': true },
    sasl: { type: 'string', enum: ['plain', 'scram-sha-256', 'scram-sha-512'] },
    max_length: { type: 'integer', minimum: 1 },
    ca: {
      type: 'string',
      minLength: 1,
      maxLength: 65_536,
      pattern: '-----BEGIN CERTIFICATE-----',
      description: 'a certificate in PEM',
    },
  },
};

/** Settings that one broker only has. */
const OWN: Readonly<Record<string, Kind>> = {
  exchange: 'rabbitmq',
  token: 'nats',
  sasl: 'kafka',
  max_length: 'redis',
};

/** What each takes as a destination. */
const DESTINATIONS: Readonly<Record<Kind, { readonly pattern: RegExp; readonly words: string }>> = {
  nats: { pattern: /^[^\s*>.]+(\.[^\s*>.]+)*$/, words: 'a subject without wildcards and blanks' },
  rabbitmq: { pattern: /./, words: 'a routing key, or the name of a queue' },
  redis: { pattern: /./, words: 'the name of a stream' },
  mqtt: { pattern: /^[^+#\0]+$/, words: 'a topic without wildcards' },
  kafka: { pattern: /^[A-Za-z0-9._-]{1,249}$/, words: 'a topic of letters, digits and . _ -' },
};

/** What the schema cannot say. */
export function settingsProblem(url: string, settings: Settings): string | null {
  const scheme = URL.canParse(url) ? SCHEMES[new URL(url).protocol.slice(0, -1)] : undefined;
  if (!scheme) return `url must have one of the schemes ${Object.keys(SCHEMES).join(', ')}`;
  const { kind, tls } = scheme;
  for (const [name, owner] of Object.entries(OWN))
    if (name in settings && owner !== kind) return `config.${name} is for ${owner}, and url leads to ${kind}`;
  if (settings.ca !== undefined && !tls) return `config.ca needs a url with TLS`;
  if (kind === 'kafka' && (settings.sasl !== undefined) !== (settings.username !== undefined))
    return 'config.sasl and config.username go together';
  const { pattern, words } = DESTINATIONS[kind];
  if (!pattern.test(settings.destination.replaceAll('{type}', 'repo.created')))
    return `config.destination must be ${words}`;
  if (kind === 'redis' && !/^\/?\d*$/.test(new URL(url).pathname))
    return 'url: behind the host stands a number of a database';
  return null;
}

/** Of settings that were checked. */
export function targetOf(url: string, settings: Settings): Target {
  const { protocol, hostname, port, pathname } = new URL(url);
  const scheme = SCHEMES[protocol.slice(0, -1)];
  if (!scheme) throw new Error(`no broker has the scheme ${protocol}`);
  return {
    kind: scheme.kind,
    tls: scheme.tls,
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? scheme.port : Number(port),
    path: decodeURIComponent(pathname.replace(/^\//, '')),
    settings,
  };
}
