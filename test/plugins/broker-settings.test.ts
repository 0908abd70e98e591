import { createServer } from 'node:net';
import { setUpPlugin } from 'forgegate/sdk/testing';
import { describe, expect, it } from 'vitest';
import plugin from '../../plugins/broker/index.js';
import { GuardedHttp } from '../../src/egress/guarded-http.js';
import { publish } from './broker.js';

describe('the settings of the broker adapter', () => {
  it.each([
    ['nats://n.example', { destination: 'forge.{type}' }, null],
    [
      'nats://n.example',
      { destination: 'forge.>' },
      /^config\.destination must be a subject without wildcards/,
    ],
    [
      'nats://n.example',
      { destination: 'x', exchange: 'e' },
      /^config\.exchange is for rabbitmq, and url leads to nats/,
    ],
    ['amqp://r.example/vhost', { destination: 'events', exchange: 'e' }, null],
    ['amqp://r.example', { destination: 'x', token: 't' }, /^config\.token is for nats/],
    ['redis://r.example/2', { destination: 'events', max_length: 9 }, null],
    ['redis://r.example/two', { destination: 'events' }, /^url: behind the host stands a number/],
    ['mqtt://m.example', { destination: 'forge/{type}' }, null],
    [
      'mqtt://m.example',
      { destination: 'forge/#' },
      /^config\.destination must be a topic without wildcards/,
    ],
    [
      'mqtt://m.example',
      { destination: 'x', ca: '-----BEGIN CERTIFICATE-----' },
      /^config\.ca needs a url with TLS/,
    ],
    ['kafka://k.example', { destination: 'forge-{type}' }, null],
    ['kafka://k.example', { destination: 'a/b' }, /^config\.destination must be a topic of letters/],
    [
      'kafka://k.example',
      { destination: 'x', username: 'u' },
      /^config\.sasl and config\.username go together/,
    ],
    ['http://h.example', { destination: 'x' }, /^url must have one of the schemes nats, tls, amqp/],
  ])('%s %j', async (url, config, expected) => {
    const { adapter } = await setUpPlugin(plugin);
    const problem = adapter('broker').check?.({ url, config });
    if (expected === null) expect(problem).toBeNull();
    else expect(problem).toMatch(expected);
  });
});

/** There is no Kafka in Debian: what can be tried without one. */
describe('the broker adapter with Kafka', () => {
  const to = { url: () => 'kafka://127.0.0.1:1', config: { destination: 'events' } };

  it('tries again when nobody is there', async () => {
    expect(await publish(to)).toMatchObject({ outcome: 'retry' });
  });

  it('dials through the address policy', async () => {
    const net = new GuardedHttp({ allowPrivateNetworks: [] });
    expect(await publish(to, {}, { net })).toMatchObject({ outcome: 'blocked', code: 'ADDRESS_BLOCKED' });
  });

  it('does not wait for a server that says nothing', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { port: number };
    try {
      const outcome = await publish(
        { ...to, url: () => `kafka://127.0.0.1:${port}` },
        {},
        { signal: AbortSignal.timeout(300) },
      );
      expect(outcome).toMatchObject({ outcome: 'retry', code: 'TIMEOUT' });
    } finally {
      silent.close();
    }
  });
});
