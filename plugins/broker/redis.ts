import { delivered, gone, HttpFailure, rejected, retry, type Outcome } from 'forgegate/sdk';
import { Redis } from 'ioredis';
import type { Socket } from 'node:net';
import { dialled } from './dialling.js';
import type { BrokerConnection, Message, Opener } from './message.js';
import { refusedLogin } from './refusal.js';
import type { Target } from './settings.js';

/** `XADD` answers with the id that the entry has in its stream. */
export const openRedis: Opener = async (target, net, signal) => {
  const socket = await dialled(target, net, signal);
  const redis = clientOver(socket, target);
  const failed = new Promise<never>((_resolve, reject) => redis.once('error', reject));
  failed.catch(() => undefined);
  redis.on('error', () => undefined);
  try {
    await Promise.race([redis.connect(), failed]);
    await Promise.race([redis.ping(), failed]);
  } catch (error) {
    redis.disconnect();
    if (REFUSED.test((error as Error).message)) return refusedLogin('REDIS_REFUSED');
    throw error;
  }
  return connectionOf(redis);
};

const REFUSED = /^(NOAUTH|WRONGPASS|NOPERM|ERR invalid password|ERR .*AUTH)/;

function clientOver(socket: Socket, { path, settings: { username, password } }: Target): Redis {
  return new Redis({
    lazyConnect: true,
    retryStrategy: () => null,
    reconnectOnError: null,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    db: Number(path === '' ? 0 : path),
    connectionName: 'forgegate',
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    // The one place where ioredis would dial by itself
    Connector: class {
      firstError = undefined;
      check = () => true;
      disconnect = () => void socket.destroy();
      connect = () => Promise.resolve(socket);
    } as never,
  });
}

function connectionOf(redis: Redis): BrokerConnection {
  return {
    get isOpen() {
      return redis.status === 'ready';
    },
    async publish({ id, type, destination, body, maxLength }: Message): Promise<Outcome> {
      const limit = maxLength === undefined ? [] : ['MAXLEN', '~', maxLength];
      try {
        await redis.call('XADD', destination, ...limit, '*', 'webhook-id', id, 'type', type, 'event', body);
        return delivered('REDIS_ADDED');
      } catch (error) {
        return outcomeOf(error as Error);
      }
    },
    close: () => redis.disconnect(),
  };
}

/** By the first word of its answer. @throws what is the connection's fault */
function outcomeOf(error: Error): Outcome {
  const word = error.name === 'ReplyError' ? (/^[A-Z]+/.exec(error.message)?.[0] ?? 'ERR') : null;
  if (word === null)
    throw new HttpFailure('remote', 'CONNECTION_LOST', 'Redis cut the connection', { cause: error });
  const code = `REDIS_${word}`;
  if (REFUSED.test(error.message))
    return gone(code, { reason: 'the user of config.username may not add to this stream' });
  if (word === 'WRONGTYPE')
    return rejected(code, { reason: 'config.destination is a key that is no stream' });
  return retry(code, { reason: `Redis does not take it now (${word})` });
}
