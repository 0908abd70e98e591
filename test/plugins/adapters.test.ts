import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMissing, startRedis } from '../harness/brokers.js';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';
import { WebhookReceiver } from '../harness/webhook-receiver.js';

interface Logged {
  delivery_id: number;
  state: string;
}

let gateway: TestGateway;
let receiver: WebhookReceiver;

beforeAll(async () => {
  [gateway, receiver] = [await startTestGateway(), await WebhookReceiver.start()];
  await gateway.call('create_repo', { repo_name: 'proj', repo_type: 'git' });
});
afterAll(async () => {
  await gateway.close();
  await receiver.close();
});

const subscribe = (more: object) =>
  gateway.call<{ webhook_id: number }>('create_webhook', {
    adapter: 'slack',
    event_types: ['repo.updated'],
    repoid: 'proj',
    ...more,
  });

async function deliveryInState(webhook_id: number, state: string): Promise<Logged> {
  for (;;) {
    const { deliveries } = await gateway.call<{ deliveries: Logged[] }>('get_deliveries', {
      webhook_id,
      state,
    });
    if (deliveries[0]) return deliveries[0];
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('an adapter that keeps its URL among its secrets', () => {
  it('says where the URL belongs', async () => {
    await expect(subscribe({ url: receiver.url })).rejects.toThrow('config.webhook_url is required');
    const config = { webhook_url: receiver.url };
    await expect(subscribe({ url: receiver.url, config })).rejects.toThrow('url: adapter slack takes none');
    await expect(subscribe({ config: { webhook_url: 'hooks' } })).rejects.toThrow(
      'config.webhook_url must be an http or https URL',
    );
  });

  it('posts to it, and shows it to nobody afterwards', async () => {
    receiver.answer = (_received, response) => response.end('ok');
    const { webhook_id } = await subscribe({ config: { webhook_url: `${receiver.url}/T0/key` } });
    await gateway.call('update_repo', { repoid: 'proj', description: 'new words' });
    const { delivery_id } = await deliveryInState(webhook_id, 'delivered');
    const [posted] = receiver.received;
    expect(posted?.path).toBe('/hook/T0/key');
    expect(JSON.parse(posted?.body ?? '')).toMatchObject({ text: 'admin changed the settings of proj' });
    const shown = JSON.stringify([
      await gateway.call('get_webhook', { webhook_id }),
      await gateway.call('get_delivery', { delivery_id }),
    ]);
    expect(shown).toContain('POST [redacted]');
    expect(shown).not.toContain('T0/key');
    await gateway.call('delete_webhook', { webhook_id });
  });

  it('is disabled when the service says that it is gone', async () => {
    receiver.answer = (_received, response) => response.writeHead(404).end('no_service');
    const { webhook_id } = await subscribe({ config: { webhook_url: receiver.url } });
    await gateway.call('update_repo', { repoid: 'proj', description: 'other words' });
    await deliveryInState(webhook_id, 'gone');
    expect(await gateway.call('get_webhook', { webhook_id })).toMatchObject({ active: false });
  });
});

describe('the file adapter', () => {
  it('is off until an operator wants it, and writes below FORGEGATE_HOME then', async () => {
    const file = { adapter: 'file', config: { file: 'audit.jsonl' } };
    await expect(subscribe(file)).rejects.toThrow('file');
    await gateway.call('enable_plugin', { plugin_id: 'file' });
    const { webhook_id } = await subscribe(file);
    await gateway.call('update_repo', { repoid: 'proj', description: 'written words' });
    await deliveryInState(webhook_id, 'delivered');
    const path = join(gateway.settings.home, 'plugins', 'file', `webhook-${webhook_id}`, 'audit.jsonl');
    const [line = '', end] = (await readFile(path, 'utf8')).split('\n');
    expect(JSON.parse(line)).toMatchObject({
      webhook_id: expect.stringMatching(/^msg_\d+$/),
      event: { type: 'repo.updated', data: { repo: { description: 'written words' } } },
    });
    expect(end).toBe('');
  });
});

describe.skipIf(isMissing('redis-server'))('the broker adapter', () => {
  it('publishes what happened, by a login that nobody sees', async () => {
    const broker = await startRedis();
    const redis = new Redis(broker.port, '127.0.0.1');
    try {
      await redis.call('ACL', 'SETUSER', 'writer', 'on', '>s3cret-word', '~*', '+@all');
      const url = `redis://127.0.0.1:${broker.port}`;
      const config = { destination: 'forge', username: 'writer', password: 's3cret-word' };
      await expect(
        subscribe({ adapter: 'broker', url: `redis://writer:pw@127.0.0.1`, config }),
      ).rejects.toThrow('url: the URL must not hold a user name or password');
      const { webhook_id } = await subscribe({ adapter: 'broker', url, config });
      await gateway.call('update_repo', { repoid: 'proj', description: 'published words' });
      const { delivery_id } = await deliveryInState(webhook_id, 'delivered');
      const [[, fields] = ['', []]] = await redis.xrange('forge', '-', '+');
      expect(JSON.parse(fields.at(-1) ?? '')).toMatchObject({
        type: 'repo.updated',
        data: { repo: { description: 'published words' } },
      });
      const shown = JSON.stringify([
        await gateway.call('get_webhook', { webhook_id }),
        await gateway.call('get_delivery', { delivery_id }),
      ]);
      expect(shown).toContain('redis 127.0.0.1: forge');
      expect(shown).not.toContain('s3cret-word');
    } finally {
      redis.disconnect();
      await broker.stop();
    }
  });
});
