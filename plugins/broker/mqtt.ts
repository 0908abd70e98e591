import { delivered, gone, HttpFailure, rejected, retry, type Outcome } from 'forgegate/sdk';
import { randomUUID } from 'node:crypto';
import { MqttClient } from 'mqtt';
import { dialled } from './dialling.js';
import type { BrokerConnection, Message, Opener } from './message.js';
import { refusedLogin } from './refusal.js';

/** Room for topic and properties. */
const HEADERS_BYTES = 1024;
const UNAUTHORIZED = new Set([0x04, 0x05, 0x86, 0x87, 0x8c]);

/** QoS 1: the broker answers each message with PUBACK. MQTT 5, because 3.1.1 has no place for the id of the delivery. */
export const openMqtt: Opener = async (target, net, signal) => {
  const socket = await dialled(target, net, signal);
  const { username, password } = target.settings;
  const client = new MqttClient(() => socket, {
    protocolVersion: 5,
    clientId: `forgegate-${randomUUID().slice(0, 8)}`,
    clean: true,
    keepalive: 30,
    reconnectPeriod: 0,
    queueQoSZero: false,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  });
  client.on('error', () => undefined);
  try {
    return connectionOf(client, await connected(client, signal));
  } catch (error) {
    client.end(true);
    if (UNAUTHORIZED.has(Number((error as { code?: unknown }).code))) return refusedLogin('MQTT_REFUSED');
    throw error;
  }
};

/** @returns how long a packet may be */
function connected(client: MqttClient, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    client.once('connect', ({ properties }) => resolve(properties?.maximumPacketSize ?? Infinity));
    client.once('error', reject);
    client.once('close', () => reject(lost()));
  });
}

const lost = () => new HttpFailure('remote', 'CONNECTION_LOST', 'the broker closed the connection');

function connectionOf(client: MqttClient, maximumPacketSize: number): BrokerConnection {
  const waiting = new Set<(error: Error) => void>();
  const end = () => {
    for (const fail of waiting) fail(lost());
  };
  client.on('close', end);
  // A packet that it does not understand; it would go on and never hear what was acknowledged
  client.on('error', end);
  return {
    get isOpen() {
      return client.connected;
    },
    async publish({ destination, body, headers }: Message): Promise<Outcome> {
      if (!client.connected) throw lost();
      if (Buffer.byteLength(body) + HEADERS_BYTES > maximumPacketSize)
        return rejected('MQTT_TOO_LARGE', { reason: `the broker takes ${maximumPacketSize} bytes at most` });
      const options = {
        qos: 1,
        properties: { contentType: 'application/json', userProperties: { ...headers } },
      } as const;
      let fail: (error: Error) => void = () => undefined;
      try {
        return await new Promise<Outcome>((resolve, reject) => {
          waiting.add((fail = reject));
          client.publish(destination, body, options, (error) =>
            error ? reject(error) : resolve(delivered('MQTT_PUBACK')),
          );
        });
      } catch (error) {
        return outcomeOf(error);
      } finally {
        waiting.delete(fail);
      }
    },
    close: () => void client.end(true),
  };
}

/** @throws what is the connection's fault */
function outcomeOf(error: unknown): Outcome {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'number' || code < 0x80) throw error;
  const name = `MQTT_${code}`;
  if (UNAUTHORIZED.has(code))
    return gone(name, { reason: 'the user of config.username may not publish to this topic' });
  if (code === 0x90)
    return rejected(name, { reason: 'the broker does not take the topic config.destination' });
  if (code === 0x95 || code === 0x99)
    return rejected(name, { reason: 'the broker does not take the message' });
  return retry(name, { reason: `the broker does not take it now (reason code ${code})` });
}
