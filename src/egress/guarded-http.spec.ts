import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
} from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { SELF_SIGNED } from '../../test/harness/self-signed.js';
import { HttpFailure } from '../sdk/index.js';
import type { HttpTrace } from './guarded-connector.js';
import { GuardedHttp, type GuardedHttpOptions } from './guarded-http.js';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];
const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

function client(options: Partial<GuardedHttpOptions> = {}): GuardedHttp {
  const http = new GuardedHttp({ allowPrivateNetworks: LOOPBACK, ...options });
  open.push(http);
  return http;
}

async function listening(server: Server | TcpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push({
    close: () => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      server.close();
    },
  });
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener) => listening(createServer(listener));

async function failure(work: Promise<unknown>): Promise<{ kind: string; code: string; message: string }> {
  const error: unknown = await work.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof HttpFailure)) throw error;
  return { kind: error.kind, code: error.code, message: error.message };
}

describe('GuardedHttp', () => {
  it('sends a request and gives back status, headers, body and the phases of a fresh connection', async () => {
    const port = await serve((request, response) => {
      response.writeHead(202, { 'X-Seen': request.headers['x-test'] ?? '' });
      request.pipe(response);
    });
    const http = client();
    const trace: HttpTrace = {};
    const url = `http://127.0.0.1:${port}/hook?a=1`;
    const answer = await http.request(url, { headers: { 'x-test': 'yes' }, body: 'naïve' }, { trace });
    expect(answer).toMatchObject({ status: 202, body: 'naïve', truncated: false });
    expect(answer.headers['x-seen']).toBe('yes');
    expect(trace).toEqual({
      dns_ms: expect.any(Number),
      connect_ms: expect.any(Number),
      first_byte_ms: expect.any(Number),
      total_ms: expect.any(Number),
    });
  });

  it('keeps connections alive, and says nothing of dialling when it did not dial', async () => {
    const port = await serve((_request, response) => response.end('ok'));
    const http = client();
    const trace: HttpTrace = {};
    await http.request(`http://127.0.0.1:${port}/`);
    // undici takes a connection back one turn after the end of the answer
    await setImmediate();
    await http.request(`http://127.0.0.1:${port}/`, {}, { trace });
    expect(http.dials).toBe(1);
    expect(Object.keys(trace).sort()).toEqual(['first_byte_ms', 'total_ms']);
  });

  it.each([
    '127.0.0.1',
    'localhost',
    '2130706433',
    '0x7f.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '169.254.169.254',
  ])('refuses %s without dialling', async (host) => {
    const http = client({ allowPrivateNetworks: [] });
    const { kind, code, message } = await failure(http.request(`http://${host}:9/`));
    expect([kind, code]).toEqual(['blocked', 'ADDRESS_BLOCKED']);
    expect(message).toContain('FORGEGATE_ALLOW_PRIVATE_NETWORKS');
    expect(http.dials).toBe(0);
  });

  it('dials what it judged, whatever the resolver says the second time', async () => {
    const port = await serve((_request, response) => response.end('ok'));
    let asked = 0;
    const http = client({
      allowPrivateNetworks: ['127.0.0.1'],
      lookup: () => Promise.resolve([{ address: asked++ === 0 ? '127.0.0.1' : '127.0.0.2', family: 4 }]),
    });
    expect((await http.request(`http://rebinding.example:${port}/`)).status).toBe(200);
    expect(asked).toBe(1);
  });

  it('does not follow a redirect', async () => {
    let followed = 0;
    const port = await serve((request, response) => {
      if (request.url === '/secret') followed += 1;
      response.writeHead(302, { location: '/secret' }).end();
    });
    expect((await client().request(`http://127.0.0.1:${port}/`)).status).toBe(302);
    expect(followed).toBe(0);
  });

  it('reads no more than the cap of an endless answer and cuts the connection', async () => {
    let cut: Promise<unknown> = Promise.reject(new Error('no request'));
    cut.catch(() => undefined);
    const port = await serve((_request, response) => {
      cut = once(response, 'close');
      const write = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', write);
      write();
    });
    const answer = await client().request(`http://127.0.0.1:${port}/`);
    expect(answer.truncated).toBe(true);
    expect(answer.body).toHaveLength(64 * 1024);
    await cut;
  });

  it('takes an answer whose body trickles for what has come within the limit', async () => {
    const port = await serve((_request, response) => {
      response.write('beginning');
    });
    const answer = await client({ bodyTimeoutMs: 50 }).request(`http://127.0.0.1:${port}/`);
    expect(answer).toMatchObject({ status: 200, body: 'beginning', truncated: true });
  });

  it('does not unpack a compressed answer', async () => {
    const bomb = gzipSync(Buffer.alloc(4 * 1024 * 1024));
    const port = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    });
    const answer = await client().request(`http://127.0.0.1:${port}/`);
    expect(Buffer.byteLength(answer.body)).toBeLessThan(64 * 1024);
  });

  it('gives up exactly when its signal says so, also while nothing answers', async () => {
    const port = await serve(() => undefined);
    const started = performance.now();
    const signal = AbortSignal.timeout(60);
    const failed = await failure(client().request(`http://127.0.0.1:${port}/`, {}, { signal }));
    expect(failed).toMatchObject({ kind: 'remote', code: 'TIMEOUT' });
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('gives up at once while a name is still being resolved', async () => {
    const http = client({ lookup: () => new Promise(() => undefined) });
    const signal = AbortSignal.timeout(30);
    expect(await failure(http.request('http://slow.example/', {}, { signal }))).toMatchObject({
      code: 'TIMEOUT',
    });
    expect(http.dials).toBe(0);
  });

  it('tells faults of the receiver from ours', async () => {
    const closed = await listening(createTcpServer((socket) => socket.destroy()));
    const noHttp = await listening(createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9\r\n\r\n')));
    const free = createTcpServer();
    const freePort = await listening(free);
    free.close();
    const failing = (code: string) =>
      client({ lookup: () => Promise.reject(Object.assign(new Error(code), { code })) });
    expect(
      [
        await failure(client().request(`http://127.0.0.1:${freePort}/`)),
        await failure(client().request(`http://127.0.0.1:${closed}/`)),
        await failure(client().request(`http://127.0.0.1:${noHttp}/`)),
        await failure(failing('ENOTFOUND').request('http://nowhere.example/')),
        await failure(failing('EAI_AGAIN').request('http://somewhere.example/')),
        await failure(client().request('http://127.0.0.1:1/', { headers: { 'x-a': 'a\nb' } })),
        await failure(client().request('ftp://example.org/')),
        await failure(client().request('http://user:pass@example.org/')),
      ].map(({ kind, code }) => `${kind} ${code}`),
    ).toEqual([
      'remote CONNECTION_REFUSED',
      'remote CONNECTION_LOST',
      'remote BAD_RESPONSE',
      'remote NAME_NOT_FOUND',
      'local RESOLVER_FAILED',
      'local BAD_REQUEST',
      'local BAD_URL',
      'local BAD_URL',
    ]);
  });

  it('judges a URL beforehand by the same rules', async () => {
    const http = client({
      allowPrivateNetworks: [],
      lookup: () => Promise.resolve([{ address: '10.1.2.3', family: 4 }]),
    });
    expect(await http.refusal('http://intranet.example/')).toContain('FORGEGATE_ALLOW_PRIVATE_NETWORKS');
    expect(await http.refusal('http://8.8.8.8/')).toBeNull();
    expect(await http.refusal('file:///etc/passwd')).toContain('http or https');
    expect(http.dials).toBe(0);
  });
});

describe('GuardedHttp through an egress proxy', () => {
  it('leaves names to the proxy and still refuses literal private addresses', async () => {
    const seen: string[] = [];
    const proxy = await serve((request, response) => {
      seen.push(request.url ?? '');
      response.end('proxied');
    });
    const http = client({ allowPrivateNetworks: [], proxy: `http://127.0.0.1:${proxy}` });
    expect((await http.request('http://hooks.internal/a')).body).toBe('proxied');
    expect(await failure(http.request('http://10.0.0.1/'))).toMatchObject({ kind: 'blocked' });
    expect(seen).toEqual(['http://hooks.internal/a']);
  });

  it('never charges a failing proxy to the receiver', async () => {
    const server = createServer();
    server.on('connect', (_request, socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    const refusing = await listening(server);
    const gone = createTcpServer();
    const gonePort = await listening(gone);
    gone.close();
    expect(
      await failure(client({ proxy: `http://127.0.0.1:${refusing}` }).request('https://example.org/')),
    ).toMatchObject({ kind: 'local', code: 'PROXY_FAILED', message: expect.stringContaining('502') });
    expect(
      await failure(client({ proxy: `http://127.0.0.1:${gonePort}` }).request('http://example.org/')),
    ).toMatchObject({ kind: 'local', code: 'PROXY_FAILED' });
  });

  it('tunnels TLS through the proxy', async () => {
    const targets: string[] = [];
    const dead = await listening(createTcpServer((socket) => socket.destroy()));
    const server = createServer();
    server.on('connect', (request, socket) => {
      targets.push(request.url ?? '');
      const upstream = connect(dead, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      upstream.pipe(socket).pipe(upstream);
      upstream.on('error', () => socket.destroy());
      socket.on('error', () => upstream.destroy());
    });
    const proxy = await listening(server);
    await failure(client({ proxy: `http://127.0.0.1:${proxy}` }).request('https://hooks.example/'));
    expect(targets).toEqual(['hooks.example:443']);
  });
});

describe('TLS', () => {
  const { cert, key } = SELF_SIGNED;
  const mine = { ca: cert, cert, key };
  const serveTls = async (options: ServerOptions = {}) => {
    const port = await listening(
      createTlsServer({ ...SELF_SIGNED, ...options }, (_request, response) => response.end('secret')),
    );
    return `https://localhost:${port}/`;
  };
  const lookup = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);

  it('trusts the authorities that come with the request, for that request', async () => {
    const url = await serveTls();
    const http = client({ lookup });
    expect(await http.request(url, { tls: { ca: cert } })).toMatchObject({ status: 200, body: 'secret' });
    expect(await failure(http.request(url))).toMatchObject({ kind: 'remote' });
  });

  it('shows a certificate to whom it is meant for, over connections of its own', async () => {
    const url = await serveTls({ requestCert: true, ca: cert });
    const http = client({ lookup });
    for (let times = 0; times < 2; times++) {
      expect(await http.request(url, { tls: mine })).toMatchObject({ status: 200 });
      await setImmediate();
    }
    expect(http.dials).toBe(1);
    await failure(http.request(url, { tls: { ca: cert } }));
    expect(http.dials).toBe(2);
  });

  it('checks the address first', async () => {
    const http = client({ allowPrivateNetworks: [], lookup });
    expect(await failure(http.request(await serveTls(), { tls: mine }))).toMatchObject({ kind: 'blocked' });
  });
});
