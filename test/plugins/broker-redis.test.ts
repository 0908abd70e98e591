import { deliverContext, setUpPlugin } from 'forgegate/sdk/testing';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import plugin from '../../plugins/broker/index.js';
import { isMissing, startBroker, startRedis, type Broker } from '../harness/brokers.js';
import { SELF_SIGNED } from '../harness/self-signed.js';
import { believesNoOtherCertificate, judges, keepsToTheRules, publish } from './broker.js';

describe.skipIf(isMissing('redis-server'))('the broker adapter with Redis', () => {
  let broker: Broker;
  let redis: Redis;
  beforeAll(async () => {
    broker = await startRedis();
    redis = new Redis(broker.port, '127.0.0.1');
    // so that `MAXLEN ~` is exact
    await redis.config('SET', 'stream-node-max-entries', '1');
    await redis.call('ACL', 'SETUSER', 'reader', 'on', '>s3cret', '~*', '+@connection');
    await redis.call('ACL', 'SETUSER', 'writer', 'on', '>s3cret', '~*', '+@all');
  });
  afterAll(async () => {
    redis.disconnect();
    await broker.stop();
  });
  const to = {
    url: () => `redis://127.0.0.1:${broker.port}/2`,
    config: { destination: 'forge:{type}', username: 'writer', password: 's3cret' },
  };

  keepsToTheRules(to, 'redis://127.0.0.1:1');

  it('adds an entry to a stream of the database that the URL names', async () => {
    expect(await publish(to, { destination: 'entry:{type}' })).toEqual({
      outcome: 'delivered',
      code: 'REDIS_ADDED',
    });
    await redis.select(2);
    const [[, fields] = ['', []]] = await redis.xrange('entry:repo.updated', '-', '+');
    await redis.select(0);
    const { delivery } = deliverContext();
    expect(fields).toEqual([
      'webhook-id',
      delivery.id,
      'type',
      'repo.updated',
      'event',
      expect.stringContaining('{"type":"repo.updated"'),
    ]);
  });

  it('shares one connection, and makes another when that was cut', async () => {
    const running = await setUpPlugin(plugin);
    const send = (change: object = {}) => {
      const config = { ...to.config, destination: 'shared', ...change };
      return running.adapter('broker').deliver(deliverContext({ endpoint: { url: to.url(), config } }));
    };
    const open = async () => {
      const clients = String(await redis.client('LIST')).split('\n');
      return clients.flatMap((line) =>
        line.includes('name=forgegate') ? [/ id=(\d+)/.exec(` ${line}`)?.[1]] : [],
      );
    };
    try {
      const outcomes = await Promise.all(Array.from({ length: 50 }, () => send()));
      expect(outcomes.filter(({ outcome }) => outcome === 'delivered')).toHaveLength(50);
      // What only one of them asks for holds for none of the others
      await send({ max_length: 1 });
      await send();
      await redis.select(2);
      expect(await redis.xlen('shared')).toBe(2);
      await redis.select(0);
      const [before, ...others] = await open();
      expect(others).toEqual([]);
      await redis.call('CLIENT', 'KILL', 'ID', before ?? '');
      while ((await send()).outcome !== 'delivered');
      const after = await open();
      expect(after).toHaveLength(1);
      expect(after).not.toContain(before);
    } finally {
      await running.stop();
    }
    while ((await open()).length > 0);
  });

  it('keeps a stream near the length it is given', async () => {
    const config = { destination: 'short', max_length: 1 };
    for (let time = 0; time < 3; time += 1) await publish(to, config);
    await redis.select(2);
    expect(await redis.xlen('short')).toBe(1);
    await redis.select(0);
  });

  judges(to, 's3cret', [
    ['a wrong password', { password: 'wrong' }, 'gone', 'REDIS_REFUSED'],
    ['a user without the right', { username: 'reader' }, 'gone', 'REDIS_NOPERM'],
  ]);

  it('takes a key that is no stream for rejected, and a full memory for a reason to wait', async () => {
    await redis.select(2);
    await redis.set('text', 'x');
    await redis.select(0);
    expect(await publish(to, { destination: 'text' })).toMatchObject({
      outcome: 'rejected',
      code: 'REDIS_WRONGTYPE',
    });
    await redis.config('SET', 'maxmemory', '1');
    expect(await publish(to)).toMatchObject({ outcome: 'retry', code: 'REDIS_OOM' });
    await redis.config('SET', 'maxmemory', '0');
  });
});

describe.skipIf(isMissing('redis-server'))('the broker adapter with Redis over TLS', () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await startBroker('redis-server', {
      files: (folder, port) => ({
        'cert.pem': SELF_SIGNED.cert,
        'key.pem': SELF_SIGNED.key,
        'redis.conf': [
          'bind 127.0.0.1',
          'port 0',
          `tls-port ${port}`,
          `tls-cert-file ${folder}/cert.pem`,
          `tls-key-file ${folder}/key.pem`,
          'tls-auth-clients no',
          'save ""',
        ].join('\n'),
      }),
      args: (folder) => [`${folder}/redis.conf`],
    });
  });
  afterAll(() => broker.stop());

  believesNoOtherCertificate(
    { url: () => `rediss://localhost:${broker.port}`, config: { destination: 'forge' } },
    'REDIS_ADDED',
  );
});
