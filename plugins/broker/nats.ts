import { jetstream, JetStreamApiError } from '@nats-io/jetstream';
import {
  AuthorizationError,
  connect,
  headers as natsHeaders,
  PermissionViolationError,
  type NatsConnection,
} from '@nats-io/transport-node';
import { delivered, gone, HttpFailure, rejected, retry, type Outcome } from 'forgegate/sdk';
import { isIPv6 } from 'node:net';
import { reachable, tlsOptions } from './dialling.js';
import type { BrokerConnection, Message, Opener } from './message.js';
import { refusedLogin } from './refusal.js';
import type { Target } from './settings.js';

/** JetStream answers with the number that the message has in its stream; core NATS would promise nothing. */
export const openNats: Opener = async (target, net, signal) => {
  const address = await reachable(target, net, signal);
  try {
    return connectionOf(await connect(optionsOf(target, address)));
  } catch (error) {
    if (error instanceof AuthorizationError) return refusedLogin('NATS_AUTHORIZATION');
    // The library's own words for a server that asks in clear for what was to be told by TLS
    if (/does not support 'tls'/.test((error as Error).message))
      throw new HttpFailure('remote', 'TLS_FAILED', 'the server does not speak TLS', { cause: error });
    throw error;
  }
};

function optionsOf(target: Target, address: string) {
  const { username, password, token } = target.settings;
  return {
    servers: `${isIPv6(address) ? `[${address}]` : address}:${target.port}`,
    name: 'forgegate',
    reconnect: false,
    // Other servers of the cluster are not dialled: nobody has looked at their addresses
    ignoreClusterUpdates: true,
    timeout: 10_000,
    ...(username !== undefined && { user: username, pass: password ?? '' }),
    ...(token !== undefined && { token }),
    ...(target.tls && { tls: tlsOptions(target) as object }),
  };
}

function connectionOf(connection: NatsConnection): BrokerConnection {
  const stream = jetstream(connection, { timeout: 60_000 });
  return {
    get isOpen() {
      return !connection.isClosed();
    },
    async publish({ destination, body, id, headers }: Message): Promise<Outcome> {
      const sent = natsHeaders();
      for (const [name, value] of Object.entries(headers)) sent.set(name, value);
      try {
        // JetStream drops what comes twice with the same id within its window
        const { duplicate } = await stream.publish(destination, body, { msgID: id, headers: sent });
        return delivered(duplicate ? 'NATS_DUPLICATE' : 'NATS_ACK');
      } catch (error) {
        return outcomeOf(error);
      }
    },
    close: () => void connection.close().catch(() => undefined),
  };
}

/** @throws what is the connection's fault */
function outcomeOf(error: unknown): Outcome {
  const cause = error instanceof Error ? error.cause : undefined;
  // Not exported; the library calls it so when nobody answered on the subject
  if ((error as Error).name === 'JetStreamNotEnabled')
    return retry('NATS_NO_STREAM', {
      reason: 'no stream of JetStream takes this subject; add one that does',
    });
  if (error instanceof PermissionViolationError || cause instanceof PermissionViolationError)
    return gone('NATS_PERMISSION', { reason: 'the user of config.username may not publish to this subject' });
  if (error instanceof JetStreamApiError) {
    const reason = `JetStream says ${error.code}: ${error.message}`;
    return error.code === 10_054
      ? rejected('NATS_TOO_LARGE', { reason })
      : retry(`NATS_${error.code}`, { reason });
  }
  if (/MAX_PAYLOAD|max_payload|payload/i.test((error as Error).message))
    return rejected('NATS_TOO_LARGE', { reason: 'the event is larger than the server takes (max_payload)' });
  throw error;
}
