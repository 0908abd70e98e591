import { execFileSync } from 'node:child_process';
import { connect, type ChannelModel, type GetMessage } from 'amqplib';
import { deliverContext, setUpPlugin } from 'forgegate/sdk/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plugin from '../../plugins/broker/index.js';
import { freePort, isMissing, startBroker, type Broker } from '../harness/brokers.js';
import { SELF_SIGNED } from '../harness/self-signed.js';
import { believesNoOtherCertificate, judges, keepsToTheRules, publish } from '../plugins/broker.js';

/** Erlang takes seconds to start, which is why this is slow and the other brokers are not. */
describe.skipIf(isMissing('rabbitmq-server'))('the broker adapter with RabbitMQ', () => {
  let broker: Broker;
  let epmdPort: number;
  let tlsPort: number;
  let connection: ChannelModel;
  beforeAll(async () => {
    epmdPort = await freePort();
    const distPort = await freePort();
    tlsPort = await freePort();
    broker = await startBroker('rabbitmq-server', {
      files: (folder) => ({
        'rabbitmq.conf': [
          'max_message_size = 65536',
          `listeners.ssl.local = 127.0.0.1:${tlsPort}`,
          `ssl_options.cacertfile = ${folder}/cert.pem`,
          `ssl_options.certfile = ${folder}/cert.pem`,
          `ssl_options.keyfile = ${folder}/key.pem`,
          'ssl_options.verify = verify_none',
        ].join('\n'),
        'cert.pem': SELF_SIGNED.cert,
        'key.pem': SELF_SIGNED.key,
      }),
      args: () => [],
      env: (folder, port) => ({
        RABBITMQ_NODENAME: `forgegate-${port}@localhost`,
        RABBITMQ_NODE_PORT: String(port),
        RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
        RABBITMQ_DIST_PORT: String(distPort),
        RABBITMQ_MNESIA_BASE: folder,
        RABBITMQ_LOG_BASE: folder,
        RABBITMQ_CONFIG_FILE: `${folder}/rabbitmq.conf`,
        RABBITMQ_ENABLED_PLUGINS_FILE: `${folder}/enabled_plugins`,
        ERL_EPMD_PORT: String(epmdPort),
      }),
      within: 90_000,
    });
    connection = await connect(`amqp://guest:guest@127.0.0.1:${broker.port}`);
    const channel = await connection.createChannel();
    await channel.assertQueue('events', { durable: true });
    await channel.assertQueue('heard', { durable: true });
    await channel.assertQueue('full', { arguments: { 'x-max-length': 0, 'x-overflow': 'reject-publish' } });
    await channel.assertExchange('forge', 'topic', { durable: true });
    await channel.bindQueue('heard', 'forge', 'repo.*');
  });
  afterAll(async () => {
    await connection.close();
    await broker.stop();
    // Erlang's name server outlives what started it; this one is ours alone
    execFileSync('epmd', ['-port', String(epmdPort), '-kill']);
  });
  const to = { url: () => `amqp://127.0.0.1:${broker.port}`, config: { destination: 'events' } };

  keepsToTheRules(to, 'amqp://127.0.0.1:1');

  it('is confirmed, and in the queue for good, with its id and type', async () => {
    const config = { exchange: 'forge', destination: '{type}' };
    expect(await publish(to, config)).toEqual({ outcome: 'delivered', code: 'RABBITMQ_CONFIRMED' });
    const channel = await connection.createChannel();
    const message = (await channel.get('heard', { noAck: true })) as GetMessage;
    expect(JSON.parse(message.content.toString())).toMatchObject({ type: 'repo.updated' });
    expect(message.properties).toMatchObject({
      messageId: 'msg_9001',
      type: 'repo.updated',
      contentType: 'application/json',
      deliveryMode: 2,
      headers: { 'webhook-id': 'msg_9001', 'forgegate-event': 'repo.updated' },
    });
  });

  it('takes each subscription to its own exchange', async () => {
    const running = await setUpPlugin(plugin);
    const channel = await connection.createChannel();
    await channel.purgeQueue('heard');
    const before = await channel.checkQueue('events');
    try {
      for (const config of [{ exchange: 'forge', destination: 'repo.x' }, { destination: 'events' }]) {
        const endpoint = { url: to.url(), config };
        expect(await running.adapter('broker').deliver(deliverContext({ endpoint }))).toMatchObject({
          code: 'RABBITMQ_CONFIRMED',
        });
      }
    } finally {
      await running.stop();
    }
    expect((await channel.checkQueue('heard')).messageCount).toBe(1);
    expect((await channel.checkQueue('events')).messageCount).toBe(before.messageCount + 1);
  });

  it('lets nobody feel that another subscription has a wrong exchange', async () => {
    const running = await setUpPlugin(plugin);
    const send = (config: object, number: number) => {
      const context = deliverContext({
        endpoint: { url: to.url(), config: { destination: 'events', ...config } },
      });
      const delivery = { ...context.delivery, id: `msg_${number}` };
      return running.adapter('broker').deliver({ ...context, delivery });
    };
    try {
      const rounds = Array.from({ length: 30 }, (_none, n) => [
        send({}, n),
        send({ exchange: 'nowhere' }, n + 100),
      ]);
      const outcomes = await Promise.all(rounds.flat());
      expect(outcomes.filter((_outcome, n) => n % 2 === 0).map(({ code }) => code)).toEqual(
        Array.from({ length: 30 }, () => 'RABBITMQ_CONFIRMED'),
      );
      expect(new Set(outcomes.filter((_outcome, n) => n % 2 === 1).map(({ outcome }) => outcome))).toEqual(
        new Set(['retry']),
      );
    } finally {
      await running.stop();
    }
  });

  judges(to, 'wrong', [
    ['a routing key that no queue takes', { destination: 'nowhere' }, 'retry', 'RABBITMQ_NO_ROUTE'],
    ['an exchange that is not there', { exchange: 'nowhere' }, 'retry', 'RABBITMQ_404'],
    ['a full queue', { destination: 'full' }, 'retry', 'RABBITMQ_NACK'],
    ['a wrong password', { username: 'guest', password: 'wrong' }, 'gone', 'RABBITMQ_REFUSED'],
  ]);

  believesNoOtherCertificate({ ...to, url: () => `amqps://localhost:${tlsPort}` }, 'RABBITMQ_CONFIRMED');

  it('takes a virtual host that is not there for a login that is refused', async () => {
    const away = { ...to, url: () => `amqp://127.0.0.1:${broker.port}/nowhere` };
    expect(await publish(away)).toMatchObject({ outcome: 'gone', code: 'RABBITMQ_REFUSED' });
  });
});
