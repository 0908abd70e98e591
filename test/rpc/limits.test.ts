import { afterEach, describe, expect, it } from 'vitest';
import type { Settings } from '../../src/config/settings.js';
import { ADMIN_KEY, KEY, startRpcGateway } from './rpc-gateway.js';
import type { RpcGateway } from './rpc-gateway.js';

let gateway: RpcGateway;
afterEach(() => gateway.close());

const start = async (settings: Partial<Settings>) => {
  gateway = await startRpcGateway(settings);
};
const body = (key = KEY) => ({ id: 7, api_key: key, method: 'get_data', args: {} });
const from = (ip: string) => ({ headers: { 'x-forwarded-for': ip } });
const TOO_MANY = expect.stringMatching(/^Rate limit exceeded, try again in \d+ s$/) as unknown;

describe('the limit per key', () => {
  it('answers 429 in the dialect, and says when to come again', async () => {
    await start({ rateLimitPerKey: 0.01, rateLimitBurst: 200 });
    expect((await gateway.post(body())).status).toBe(200);
    expect((await gateway.post(body())).status).toBe(200);
    const { status, json, headers } = await gateway.post(body());
    expect([status, json]).toEqual([429, { id: 7, result: null, error: TOO_MANY }]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(90);
    expect((await gateway.post(body(ADMIN_KEY))).status).toBe(200);
  });

  it('counts the items of a batch, and refuses those beyond it one by one', async () => {
    await start({ rateLimitPerKey: 0.01, rateLimitBurst: 200 });
    const items = [1, 2, 3].map((id) => ({ jsonrpc: '2.0', method: 'get_data', id }));
    const { status, json } = await gateway.post(items, { headers: { 'x-api-key': KEY } });
    expect(status).toBe(200);
    expect(json).toEqual([
      { jsonrpc: '2.0', result: ['hello', 5], id: 1 },
      { jsonrpc: '2.0', result: ['hello', 5], id: 2 },
      {
        jsonrpc: '2.0',
        error: {
          code: 1011,
          message: TOO_MANY,
          data: { reason: 'RATE_LIMITED', retry_after: expect.any(Number) as unknown },
        },
        id: 3,
      },
    ]);
  });
});

describe('the limit per address', () => {
  it('comes before the key, and counts wrong keys and broken bodies', async () => {
    await start({ rateLimitPerAddress: 0.01, rateLimitBurst: 200 });
    expect((await gateway.post(body('wrong'))).json).toMatchObject({ error: 'Invalid API key' });
    expect((await gateway.post('{')).status).toBe(200);
    const valid = await gateway.post(body());
    expect([valid.status, valid.json]).toEqual([429, { id: 7, result: null, error: TOO_MANY }]);
    const broken = await gateway.post('{', { path: '/_admin/rpc' });
    expect([broken.status, broken.json]).toMatchObject([
      429,
      { jsonrpc: '2.0', error: { code: 1011 }, id: null },
    ]);
    const notification = await gateway.post({ jsonrpc: '2.0', method: 'update' });
    expect([notification.status, notification.text]).toEqual([429, '']);
  });

  it('counts the items of a batch at once', async () => {
    await start({ rateLimitPerAddress: 0.01, rateLimitBurst: 1000 });
    const items = Array.from({ length: 10 }, (_, id) => ({ jsonrpc: '2.0', method: 'get_data', id }));
    expect((await gateway.post(items)).json).toHaveLength(10);
    const { status, json } = await gateway.post(items);
    expect([status, json]).toMatchObject([429, { jsonrpc: '2.0', error: { code: 1011 }, id: null }]);
  });

  it('takes a whole /64 of IPv6 for one customer', async () => {
    await start({ rateLimitPerAddress: 0.01, rateLimitBurst: 100, trustedProxies: ['127.0.0.1'] });
    expect((await gateway.post(body(), from('2001:db8::1'))).status).toBe(200);
    expect((await gateway.post(body(), from('2001:db8::ffff'))).status).toBe(429);
    expect((await gateway.post(body(), from('2001:db8:0:1::1'))).status).toBe(200);
  });
});

describe('the address of the client', () => {
  const ipOf = async (forwarded?: string) => {
    const headers: Record<string, string> = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    return ((await gateway.call('get_ip', {}, { headers })).result as { ip: string }).ip;
  };

  it('is that of the peer when nobody is trusted', async () => {
    await start({});
    expect(await ipOf('203.0.113.9')).toBe('127.0.0.1');
  });

  it('is the rightmost one that is no trusted proxy', async () => {
    await start({ trustedProxies: ['127.0.0.0/8', '10.0.0.1', 'fd00::/8'] });
    expect(await ipOf()).toBe('127.0.0.1');
    expect(await ipOf('203.0.113.9')).toBe('203.0.113.9');
    expect(await ipOf('198.51.100.1, 203.0.113.9, 10.0.0.1')).toBe('203.0.113.9');
    expect(await ipOf('203.0.113.9, fd00::5')).toBe('203.0.113.9');
    expect(await ipOf('198.51.100.1, nonsense, 10.0.0.1')).toBe('10.0.0.1');
  });

  it('comes in its plain form', async () => {
    await start({ trustedProxies: ['127.0.0.1'] });
    expect(await ipOf('::ffff:203.0.113.9')).toBe('203.0.113.9');
    expect(await ipOf('203.0.113.9:4711')).toBe('203.0.113.9');
    expect(await ipOf('[2001:db8::1]:4711')).toBe('2001:db8::1');
    expect(await ipOf('fe80::1%eth0')).toBe('fe80::1');
    expect(await ipOf('2001:0db8:0:0::0001')).toBe('2001:db8::1');
  });
});

describe('browsers', () => {
  it('may call from the listed origins only', async () => {
    await start({ corsOrigins: ['https://app.example.com'] });
    const preflight = (origin: string) =>
      fetch(`${gateway.url}/_admin/rpc`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    const allowed = await preflight('https://app.example.com');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(allowed.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(
      (await preflight('https://evil.example.com')).headers.get('access-control-allow-origin'),
    ).toBeNull();
    const { headers, status } = await gateway.post(body(), {
      headers: { origin: 'https://app.example.com' },
    });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([200, 'https://app.example.com']);
  });
});
