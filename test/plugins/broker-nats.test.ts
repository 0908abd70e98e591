import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMissing, startNats, type Broker } from '../harness/brokers.js';
import { SELF_SIGNED } from '../harness/self-signed.js';
import {
  believesNoOtherCertificate,
  judges,
  keepsToTheRules,
  publish,
  rejectsWhatIsTooLarge,
} from './broker.js';

describe.skipIf(isMissing('nats-server'))('the broker adapter with NATS', () => {
  let broker: Broker;
  let connection: NatsConnection;
  beforeAll(async () => {
    broker = await startNats();
    connection = await connect({ port: broker.port, user: 'writer', pass: 's3cret' });
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: 'forge', subjects: ['forge.>'] });
    await manager.streams.add({ name: 'once', subjects: ['once'] });
    await manager.streams.add({
      name: 'full',
      subjects: ['full.>'],
      max_msgs: 0,
      max_bytes: 1,
      discard: 'new' as never,
    });
  });
  afterAll(async () => {
    await connection.close();
    await broker.stop();
  });
  const to = {
    url: () => `nats://127.0.0.1:${broker.port}`,
    config: { destination: 'forge.{type}', username: 'writer', password: 's3cret' },
  };

  keepsToTheRules(to, 'nats://127.0.0.1:1');

  it('is stored by a stream, with its id, which drops it when it comes again', async () => {
    const id = { destination: 'once' };
    expect(await publish(to, id)).toEqual({ outcome: 'delivered', code: 'NATS_ACK' });
    expect(await publish(to, id)).toEqual({ outcome: 'delivered', code: 'NATS_DUPLICATE' });
    const manager = await jetstreamManager(connection);
    const found = await manager.streams.getMessage('once', { seq: 1 });
    expect(found?.header.get('webhook-id')).toBe('msg_9001');
    expect(found?.header.get('forgegate-event')).toBe('repo.updated');
    expect(found?.json()).toMatchObject({ type: 'repo.updated' });
  });

  it('wraps the event for handlers of NestJS when told so', async () => {
    const heard = connection.subscribe('forge.nest.repo.updated', { max: 1 });
    await connection.flush();
    await publish(to, { destination: 'forge.nest.{type}', format: 'nest' });
    for await (const message of heard)
      expect(message.json()).toMatchObject({ pattern: 'repo.updated', data: { type: 'repo.updated' } });
  });

  judges(to, 's3cret', [
    ['a subject that no stream takes', { destination: 'elsewhere' }, 'retry', 'NATS_NO_STREAM'],
    ['a full stream', { destination: 'full.x' }, 'retry', 'NATS_10077'],
    ['a wrong password', { password: 'wrong' }, 'gone', 'NATS_AUTHORIZATION'],
    ['a user without the right', { username: 'reader' }, 'gone', 'NATS_PERMISSION'],
  ]);

  rejectsWhatIsTooLarge(to, 'NATS_TOO_LARGE');

  it('tells nothing to a server that does not speak TLS, when it should', async () => {
    const secure = { ...to, url: () => to.url().replace('nats:', 'tls:') };
    expect(await publish(secure)).toEqual({
      outcome: 'retry',
      code: 'TLS_FAILED',
      reason: 'the server does not speak TLS',
    });
  });
});

describe.skipIf(isMissing('nats-server'))('the broker adapter with NATS over TLS', () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await startNats(
      (folder) => `tls { cert_file: "${folder}/cert.pem", key_file: "${folder}/key.pem" }`,
      { 'cert.pem': SELF_SIGNED.cert, 'key.pem': SELF_SIGNED.key },
    );
    const connection = await connect({
      servers: `localhost:${broker.port}`,
      user: 'writer',
      pass: 's3cret',
      tls: { ca: SELF_SIGNED.cert },
    });
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: 'forge', subjects: ['forge.>'] });
    await connection.close();
  });
  afterAll(() => broker.stop());
  const to = {
    url: () => `tls://localhost:${broker.port}`,
    config: { destination: 'forge.{type}', username: 'writer', password: 's3cret' },
  };

  believesNoOtherCertificate(to, 'NATS_ACK');
});
