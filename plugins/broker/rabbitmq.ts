import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib';
import { delivered, gone, HttpFailure, rejected, retry, type Outcome } from 'forgegate/sdk';
import { reachable, tlsOptions } from './dialling.js';
import type { BrokerConnection, Message, Opener } from './message.js';
import { refusedLogin } from './refusal.js';

/** A channel with publisher confirms: the broker says that a queue has the message, or that it has none for it. */
export const openRabbitMq: Opener = async (target, net, signal) => {
  const address = await reachable(target, net, signal);
  const { username = 'guest', password = 'guest' } = target.settings;
  try {
    const connection = await connect(
      {
        protocol: target.tls ? 'amqps' : 'amqp',
        hostname: address,
        port: target.port,
        vhost: target.path === '' ? '/' : target.path,
        username,
        password,
        heartbeat: 30,
      },
      { ...tlsOptions(target), timeout: 10_000, clientProperties: { connection_name: 'forgegate' } },
    );
    return await RabbitMq.over(connection);
  } catch (error) {
    const { code, message = '' } = error as { code?: unknown; message?: string };
    if (code === 403 || REFUSED.test(message)) return refusedLogin('RABBITMQ_REFUSED');
    throw error;
  }
};

/** The last one is all that amqplib tells of a virtual host that is not there, or not ours. */
const REFUSED = /ACCESS[_-]REFUSED|Expected ConnectionOpenOk; got <ConnectionClose/;

const LOST = new HttpFailure('remote', 'CONNECTION_LOST', 'the broker closed the connection');

interface Published {
  isReturned: boolean;
  fail(error: Error): void;
}

class RabbitMq implements BrokerConnection {
  isOpen = true;
  /** By `messageId`: a return comes before the confirm of the same message. */
  private readonly open = new Map<string, Published>();

  private constructor(
    private readonly connection: ChannelModel,
    private readonly channel: ConfirmChannel,
  ) {}

  static async over(connection: ChannelModel): Promise<RabbitMq> {
    const channel = await connection.createConfirmChannel();
    const rabbit = new RabbitMq(connection, channel);
    channel.on('return', ({ properties }) => {
      const published = rabbit.open.get(String(properties.messageId));
      if (published) published.isReturned = true;
    });
    const end = (error: Error = LOST) => rabbit.end(error);
    channel.on('error', end);
    channel.on('close', () => end());
    connection.on('error', end);
    connection.on('close', end);
    return rabbit;
  }

  async publish({ id, type, exchange, destination, body, headers, occurredAt }: Message): Promise<Outcome> {
    const before = this.open.get(id);
    if (before) return retry('RABBITMQ_BUSY', { reason: 'the same delivery is being published' });
    try {
      return await new Promise<Outcome>((resolve, reject) => {
        const published: Published = { isReturned: false, fail: reject };
        this.open.set(id, published);
        const options = {
          messageId: id,
          type,
          contentType: 'application/json',
          timestamp: Math.floor(occurredAt.getTime() / 1000),
          headers: { ...headers },
          persistent: true,
          mandatory: true,
        };
        this.channel.publish(exchange, destination, Buffer.from(body), options, (refused: Error | null) => {
          if (refused)
            resolve(
              retry('RABBITMQ_NACK', { reason: 'the broker did not take it over; a queue may be full' }),
            );
          else if (published.isReturned)
            resolve(
              retry('RABBITMQ_NO_ROUTE', {
                reason: 'no queue takes this routing key; declare or bind one',
              }),
            );
          else resolve(delivered('RABBITMQ_CONFIRMED'));
        });
      });
    } catch (error) {
      return outcomeOf(error);
    } finally {
      this.open.delete(id);
    }
  }

  close(): void {
    this.isOpen = false;
    this.connection.close().catch(() => undefined);
  }

  private end(error: Error): void {
    if (this.isOpen) this.close();
    // Which of several messages the broker speaks of is not known: none is judged by it, each is tried again
    const failure = this.open.size > 1 ? LOST : error;
    for (const { fail } of this.open.values()) fail(failure);
  }
}

/** @throws what is the connection's fault */
function outcomeOf(error: unknown): Outcome {
  const { code } = error as { code?: unknown };
  if (code === 404)
    return retry('RABBITMQ_404', { reason: 'there is no exchange config.exchange; declare it' });
  if (code === 403)
    return gone('RABBITMQ_403', { reason: 'the user of config.username may not publish there' });
  if (code === 406 || code === 311)
    return rejected(`RABBITMQ_${code}`, { reason: 'the broker does not take the message' });
  throw error;
}
