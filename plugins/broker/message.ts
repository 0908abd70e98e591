import type { DeliveryInfo, EventEnvelope, Outcome, PluginNet, RepositoryRef } from 'forgegate/sdk';
import type { Target } from './settings.js';

export interface Message {
  /** The same over all attempts: whoever reads drops what he has seen. */
  readonly id: string;
  readonly type: string;
  readonly destination: string;
  readonly body: string;
  /** `webhook-id`, `forgegate-event` and the trail. */
  readonly headers: Readonly<Record<string, string>>;
  /** What belongs together: the repository, else the type. */
  readonly key: string;
  readonly occurredAt: Date;
  /** Of the subscription; connections are shared by several. */
  readonly exchange: string;
  readonly maxLength: number | undefined;
}

/** A connection that is shared by the deliveries of all subscriptions with the same broker and the same credentials. */
export interface BrokerConnection {
  readonly isOpen: boolean;
  /** Resolves when the broker has said what becomes of it; rejects when the connection is of no use any more. */
  publish(message: Message): Promise<Outcome>;
  close(): void;
}

export type Opener = (target: Target, net: PluginNet, signal: AbortSignal) => Promise<BrokerConnection>;

export function messageOf(
  { type, timestamp, data }: EventEnvelope,
  { id, body, trail }: DeliveryInfo,
  { settings: { destination, format, exchange = '', max_length: maxLength } }: Target,
): Message {
  const { repository } = data as { repository?: RepositoryRef };
  return {
    id,
    type,
    destination: destination.replaceAll('{type}', type),
    // What a handler with @EventPattern of NestJS reads
    body: format === 'nest' ? `{"pattern":${JSON.stringify(type)},"data":${body}}` : body,
    headers: { ...trail, 'webhook-id': id, 'forgegate-event': type },
    key: repository ? `repo:${repository.repo_id}` : type,
    occurredAt: new Date(timestamp),
    exchange,
    maxLength,
  };
}
