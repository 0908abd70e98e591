import { conformance, deliverContext, FakeHttp, setUpPlugin } from 'forgegate/sdk/testing';
import { describe, expect, it } from 'vitest';
import plugin from './index.js';

const endpoint = { url: 'https://service.example/events', config: { token: 's3cret' } };

describe('the template-adapter adapter', () => {
  it.each(conformance({ plugin, adapter: 'template-adapter', endpoint }))('$name', ({ run }) => run());

  it('posts who did what, with the token and a key that stays the same over all tries', async () => {
    const http = new FakeHttp({ status: 202 });
    const { adapter } = await setUpPlugin(plugin);
    const outcome = await adapter('template-adapter').deliver(deliverContext({ http, endpoint }));
    expect(outcome).toEqual({ outcome: 'delivered', code: 'HTTP_202', status: 202 });
    expect(http.requests).toEqual([
      {
        url: endpoint.url,
        request: {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: 'Bearer s3cret',
            'idempotency-key': 'msg_9001',
          },
          body: '{"text":"ada: repo.created"}',
        },
      },
    ]);
  });
});
