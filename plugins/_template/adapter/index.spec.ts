import { adapterConformance, createTestGateway } from 'forgegate/sdk/testing';
import { describe, expect, it } from 'vitest';
import plugin from './index.js';

const folder = new URL('.', import.meta.url);
const endpoint = { url: 'https://service.example/events', config: { token: 's3cret' } };

describe('the template-adapter adapter', () => {
  it.each(adapterConformance({ plugin, adapter: 'template-adapter', endpoint }))('$name', ({ run }) => run());

  it('posts who did what, with the token and a key that stays the same over all tries', async () => {
    const gateway = await createTestGateway({ plugins: [{ folder, plugin }] });
    try {
      await gateway.call('create_webhook', {
        adapter: 'template-adapter',
        event_types: ['repo.created'],
        ...endpoint,
      });
      await gateway.createRepo('demo');
      const [request] = await gateway.captured(1);
      expect(request).toMatchObject({
        url: endpoint.url,
        method: 'POST',
        headers: { authorization: 'Bearer s3cret', 'idempotency-key': expect.stringMatching(/^msg_/) },
        body: '{"text":"admin: repo.created"}',
      });
    } finally {
      await gateway.close();
    }
  });
});
