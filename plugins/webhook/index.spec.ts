import { generateKeyPairSync } from 'node:crypto';
import { HttpFailure } from 'forgegate/sdk';
import {
  adapterConformance,
  deliverContext,
  FakeHttp,
  setUpPlugin,
  type HttpAnswer,
} from 'forgegate/sdk/testing';
import { describe, expect, it } from 'vitest';
import { SELF_SIGNED } from '../../test/harness/self-signed.js';
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

describe('certificates of an endpoint', () => {
  const { cert: client_cert, key: client_key } = SELF_SIGNED;
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const otherKey = other.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const check = async (config: Record<string, unknown>, url = 'https://receiver.example/') =>
    (await setUpPlugin(plugin)).adapter('webhook').check?.({ url, config }) ?? null;

  it('go with the request', async () => {
    const http = new FakeHttp({ status: 200 });
    const config = { ca: client_cert, client_cert, client_key };
    await (
      await setUpPlugin(plugin)
    )
      .adapter('webhook')
      .deliver(deliverContext({ http, endpoint: { secrets, config } }));
    expect(http.requests[0]?.request.tls).toEqual({ ca: client_cert, cert: client_cert, key: client_key });
    expect(await check(config)).toBeNull();
  });

  it.each([
    [{ ca: 'x' }, 'config.ca: holds no certificate in PEM (-----BEGIN CERTIFICATE-----)'],
    [{ client_cert }, 'config.client_key: is missing beside client_cert'],
    [{ client_key }, 'config.client_cert: is missing beside client_key'],
    [{ client_cert: 'x', client_key }, 'config.client_cert: holds no certificate'],
    [{ client_cert, client_key: 'x' }, 'config.client_key: holds no private key'],
    [{ client_cert, client_key: otherKey }, 'config.client_key: does not belong to client_cert'],
  ])('%j are refused', async (config, why) => {
    expect(await check(config)).toContain(why);
  });

  it('are refused for http: URLs', async () => {
    expect(await check({ ca: client_cert }, 'http://receiver.example/')).toBe(
      'config.ca: is for https: URLs only',
    );
  });
});
