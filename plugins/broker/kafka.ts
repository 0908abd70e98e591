import { delivered, gone, rejected, retry, socketFailure, type Outcome, type PluginNet } from 'forgegate/sdk';
import { Kafka, logLevel, type ISocketFactory, type Producer } from 'kafkajs';
import { Socket } from 'node:net';
import { connect as secure } from 'node:tls';
import { tlsOptions } from './dialling.js';
import type { BrokerConnection, Message, Opener } from './message.js';
import { refusedLogin } from './refusal.js';
import type { Target } from './settings.js';

/** `acks: -1`: all replicas in sync have it. Written to the documentation of kafkajs; there was no broker to try it with. */
export const openKafka: Opener = async (target, net) => {
  const { username, password = '', sasl } = target.settings;
  const failures: Error[] = [];
  const kafka = new Kafka({
    clientId: 'forgegate',
    brokers: [`${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`],
    connectionTimeout: 10_000,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
    ssl: target.tls ? tlsOptions(target) : false,
    ...(sasl !== undefined && { sasl: { mechanism: sasl, username: username ?? '', password } as never }),
    socketFactory: guardedSockets(target, net, failures),
  });
  const producer = kafka.producer({ allowAutoTopicCreation: false, maxInFlightRequests: 5 });
  try {
    await producer.connect();
  } catch (error) {
    if (nameOf(error) === 'KafkaJSSASLAuthenticationError') return refusedLogin('KAFKA_REFUSED');
    throw failures[0] ?? error;
  }
  return new KafkaConnection(producer);
};

/** Kafka names its other brokers itself, so each address is looked at when it is dialled. */
function guardedSockets(target: Target, net: PluginNet, failures: Error[]): ISocketFactory {
  return ({ host, port, ssl, onConnect }) => {
    const socket = new Socket();
    net.addressesOf(host).then(
      ([first]) => socket.connect({ host: first?.address ?? host, port }),
      (error: Error) => {
        failures.push(error);
        socket.destroy(error);
      },
    );
    if (ssl) return secure({ ...tlsOptions({ ...target, host }), socket }, onConnect);
    return socket.once('connect', onConnect);
  };
}

class KafkaConnection implements BrokerConnection {
  isOpen = true;

  constructor(private readonly producer: Producer) {
    producer.on(producer.events.DISCONNECT, () => (this.isOpen = false));
  }

  async publish({ destination, key, body, headers, occurredAt }: Message): Promise<Outcome> {
    try {
      await this.producer.send({
        topic: destination,
        acks: -1,
        messages: [{ key, value: body, headers: { ...headers }, timestamp: String(occurredAt.getTime()) }],
      });
      return delivered('KAFKA_ACK');
    } catch (error) {
      return outcomeOf(error);
    }
  }

  close(): void {
    this.isOpen = false;
    this.producer.disconnect().catch(() => undefined);
  }
}

const REJECTED = new Set([
  'MESSAGE_TOO_LARGE',
  'INVALID_TOPIC_EXCEPTION',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
]);

/** @throws what is the connection's fault */
function outcomeOf(error: unknown): Outcome {
  const { type } = error as { type?: unknown };
  if (typeof type !== 'string') throw socketFailure(error);
  const code = `KAFKA_${type}`;
  if (type.endsWith('AUTHORIZATION_FAILED'))
    return gone(code, { reason: 'the user of config.username may not write to this topic' });
  return REJECTED.has(type)
    ? rejected(code, { reason: `Kafka does not take the message (${type})` })
    : retry(code, { reason: `Kafka does not take it now (${type})` });
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '');
