import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ForgegateClient, RpcError, TransportError, type ClientOptions } from 'forgegate/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../harness/gateway.js';

let gateway: TestGateway;
let client: ForgegateClient;
beforeAll(async () => {
  gateway = await startTestGateway({ FORGEGATE_MAX_BATCH_ITEMS: '3' });
  client = new ForgegateClient({ url: `${gateway.url}/`, key: gateway.adminKey });
  await client.call('create_repo', { repo_name: 'website', repo_type: 'git', description: 'Überall' });
});
afterAll(() => gateway?.close());

const closings: (() => void)[] = [];
afterEach(() => {
  for (const close of closings.splice(0)) close();
});

/** A server before the gateway that spoils the first answers. @returns its address and what reached it */
async function proxy(...spoil: RequestListener[]): Promise<{ url: string; count: () => number }> {
  let count = 0;
  const server = createServer((request, response) => {
    const spoiled = spoil[count];
    count += 1;
    if (spoiled) return void request.resume().on('end', () => spoiled(request, response));
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { authorization = '' } = request.headers;
      const sent = { method: 'POST', headers: { authorization }, body: Buffer.concat(chunks) };
      void fetch(gateway.url + (request.url ?? ''), sent).then(async (answer) =>
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text()),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closings.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, count: () => count };
}

const through = (url: string, more: Partial<ClientOptions> = {}) =>
  new ForgegateClient({ url, key: gateway.adminKey, ...more });
const busy: RequestListener = (_, response) => response.writeHead(503, { 'retry-after': '0' }).end('busy');
const hangUp: RequestListener = (request) => request.socket.destroy();
const limited: RequestListener = (_, response) =>
  response
    .writeHead(429, { 'content-type': 'application/json', 'retry-after': '0' })
    .end(
      '{"jsonrpc":"2.0","error":{"code":1011,"message":"Rate limit exceeded, try again in 0 s","data":{"reason":"RATE_LIMITED","retry_after":0}},"id":null}',
    );
const away: RequestListener = (_, response) =>
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(
      '{"jsonrpc":"2.0","error":{"code":1013,"message":"The database cannot be reached now, try again","data":{"reason":"UNAVAILABLE"}},"id":1}',
    );

describe('a call', () => {
  it('answers what the method answers', async () => {
    const repo = await client.call('get_repo', { repoid: 'website' });
    expect(repo).toMatchObject({ repo_name: 'website', description: 'Überall', landing_rev: ['rev', 'tip'] });
    expect((await client.call('get_users')).map(({ username }) => username)).toEqual(['admin']);
  });

  it('throws a refusal with its code and its data', async () => {
    const missing = await client.call('get_repo', { repoid: 'nowhere' }).catch((error: unknown) => error);
    expect(missing).toBeInstanceOf(RpcError);
    expect(missing).toMatchObject({
      method: 'get_repo',
      code: 1004,
      reason: 'NOT_FOUND',
      message: 'repository `nowhere` does not exist',
    });
    const { key } = await gateway.createUser('eve');
    const denied = through(gateway.url, { key }).call('get_users');
    await expect(denied).rejects.toMatchObject({ code: 1003, data: { missing: 'hg.admin' } });
    await expect(through(gateway.url, { key: 'x' }).call('get_users')).rejects.toMatchObject({ code: 1001 });
  });

  it('reaches methods that it has no types for', async () => {
    expect(await client.request('show_ip')).toHaveProperty('server_ip_addr');
    await expect(client.request('no_such_method')).rejects.toMatchObject({ code: -32601 });
  });

  it('says when the address is none of a gateway', async () => {
    const { url } = await proxy((_, response) => response.writeHead(404).end('<h1>Not here</h1>'));
    const failure = await through(url)
      .call('get_users')
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TransportError);
    expect(failure).toMatchObject({ status: 404, message: expect.stringContaining('is this the address') });
  });

  it('follows no redirect, which would carry the key away', async () => {
    let reached = false;
    const other = await proxy(() => (reached = true));
    const { url } = await proxy((_, response) => response.writeHead(307, { location: other.url }).end());
    await expect(through(url, { retries: 0 }).call('get_users')).rejects.toBeInstanceOf(TransportError);
    expect(reached).toBe(false);
  });
});

describe('a batch', () => {
  it('answers each call for itself, in their order', async () => {
    const [repo, missing, users] = await client.batch([
      ['get_repo', { repoid: 'website' }],
      ['get_repo', { repoid: 'nowhere' }],
      ['get_users'],
    ]);
    expect(repo).toMatchObject({ status: 'fulfilled', value: { repo_name: 'website' } });
    expect(missing).toMatchObject({ status: 'rejected', reason: { code: 1004, method: 'get_repo' } });
    expect(users).toMatchObject({ status: 'fulfilled', value: [{ username: 'admin' }, { username: 'eve' }] });
    expect(await client.batch([])).toEqual([]);
  });

  it('that is refused as a whole throws', async () => {
    const four = Array.from({ length: 4 }, () => ['get_users'] as const);
    await expect(client.batch(four)).rejects.toMatchObject({ code: -32600, data: { limit: 3 } });
  });

  it('that only reads is sent again', async () => {
    const { url, count } = await proxy(busy);
    const [users] = await through(url).batch([['get_users']]);
    expect(users.status).toBe('fulfilled');
    expect(count()).toBe(2);
  });
});

describe('what reads', () => {
  it.each([
    ['a proxy that is busy', busy],
    ['a broken connection', hangUp],
    ['a rate limit', limited],
    ['an outage of the database', away],
  ])('is sent again after %s', async (_, spoiled) => {
    const { url, count } = await proxy(spoiled, spoiled);
    expect(await through(url).call('get_repo', { repoid: 'website' })).toHaveProperty('repo_id');
    expect(count()).toBe(3);
  });

  it('is given up after the retries, with what stood in the way', async () => {
    const { url, count } = await proxy(limited, limited, limited);
    await expect(through(url).call('get_users')).rejects.toMatchObject({
      code: 1011,
      reason: 'RATE_LIMITED',
    });
    expect(count()).toBe(3);
  });

  it('waits as long as Retry-After says', async () => {
    const { url, count } = await proxy((_, response) =>
      response.writeHead(503, { 'retry-after': '60' }).end(),
    );
    await expect(through(url).call('get_users', {}, { timeoutMs: 1000 })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    expect(count()).toBe(1);
  });
});

it('sends nothing twice that changes something', async () => {
  const { url, count } = await proxy(hangUp, busy);
  const create = () => through(url).call('create_repo', { repo_name: 'twice', repo_type: 'git' });
  await expect(create()).rejects.toBeInstanceOf(TransportError);
  await expect(create()).rejects.toMatchObject({ name: 'TransportError', status: 503 });
  await expect(
    through(url).batch([['get_users'], ['create_repo', { repo_name: 'website', repo_type: 'git' }]]),
  ).resolves.toHaveLength(2);
  expect(count()).toBe(3);
});

describe('waiting', () => {
  const never: RequestListener = () => undefined;

  it('ends with the time that the call has', async () => {
    const { url } = await proxy(never);
    await expect(through(url, { timeoutMs: 50 }).call('get_users')).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  it('ends when the caller gives up, with his reason', async () => {
    const { url } = await proxy(never);
    const controller = new AbortController();
    const call = through(url).call('get_users', {}, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
  });

  it('between two attempts ends as well', async () => {
    const { url, count } = await proxy((_, response) =>
      response.writeHead(503, { 'retry-after': '60' }).end(),
    );
    const controller = new AbortController();
    const call = through(url).call('get_users', {}, { signal: controller.signal });
    while (count() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
  });
});

it('knows the methods of the plugins in the tree by type', async () => {
  await client.call('enable_plugin', { plugin_id: 'repo-stats' });
  const { repo_name, days } = await client.call('get_repo_stats', { repoid: 'website', days: 7 });
  expect([repo_name, days.map(({ day }) => day)]).toEqual(['website', []]);
});
