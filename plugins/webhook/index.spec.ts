import { HttpFailure } from 'forgegate/sdk';
import {
  adapterConformance,
  deliverContext,
  FakeHttp,
  setUpPlugin,
  type HttpAnswer,
} from 'forgegate/sdk/testing';
import { describe, expect, it } from 'vitest';
import plugin from './index.js';
import { signatureHeader } from './signature.js';

const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_51TKyHBy5KFY1Ab98GQ8V60BkWnejkWy'];

async function deliver(...answers: HttpAnswer[]) {
  const http = new FakeHttp(...answers);
  const context = deliverContext({ http, endpoint: { secrets } });
  const outcome = await (await setUpPlugin(plugin)).adapter('webhook').deliver(context);
  return { outcome, context, requests: http.requests };
}

describe('the webhook adapter', () => {
  it.each(
    adapterConformance({
      plugin,
      adapter: 'webhook',
      endpoint: { url: 'https://receiver.example/hook', secrets },
    }),
  )('$name', ({ run }) => run());

  it('posts the stored body, signed with all live secrets at the time of the attempt', async () => {
    const { outcome, context, requests } = await deliver({ status: 204 });
    const { id, body } = context.delivery;
    expect(outcome).toEqual({ outcome: 'delivered', code: 'HTTP_204', status: 204 });
    expect(requests).toEqual([
      {
        url: 'https://receiver.example/hook',
        request: {
          method: 'POST',
          body,
          headers: {
            'content-type': 'application/json',
            'forgegate-event-chain': '501',
            'user-agent': 'Forgegate/0.0.0-test',
            'webhook-id': id,
            'webhook-timestamp': '1772792133',
            'webhook-signature': signatureHeader(secrets, id, 1772792133, body),
          },
        },
      },
    ]);
  });

  it.each([
    [{ status: 302 }, { outcome: 'retry', code: 'HTTP_302' }],
    [{ status: 410 }, { outcome: 'gone', code: 'HTTP_410' }],
    [
      { status: 429, headers: { 'retry-after': '7' } },
      { outcome: 'retry', retryAfterMs: 7_000 },
    ],
    [{ status: 500 }, { outcome: 'retry', code: 'HTTP_500' }],
    [new HttpFailure('remote', 'TIMEOUT', 'no answer in time'), { outcome: 'retry', code: 'TIMEOUT' }],
    [
      new HttpFailure('blocked', 'ADDRESS_BLOCKED', 'private'),
      { outcome: 'blocked', code: 'ADDRESS_BLOCKED' },
    ],
    [new HttpFailure('local', 'PROXY_FAILED', 'proxy'), { outcome: 'local_fault', code: 'PROXY_FAILED' }],
  ])('answers %j with %j', async (answer, expected) => {
    expect((await deliver(answer)).outcome).toMatchObject(expected);
  });
});
