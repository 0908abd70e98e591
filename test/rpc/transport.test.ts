import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { Controller, Get } from '@nestjs/common';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { notFound } from '../../src/rpc/errors.js';
import { JsonRpcTransport } from '../../src/rpc/json-rpc.transport.js';
import { FixtureRpc, seen } from './fixture.family.js';
import { KEY, startRpcGateway, until } from './rpc-gateway.js';
import type { RpcGateway } from './rpc-gateway.js';

const MEBI = 1024 * 1024;
const CALL = JSON.stringify({ id: 1, api_key: KEY, method: 'get_data', args: {} });
const DATA = { id: 1, result: ['hello', 5], error: null };
const failure = (error: string, id: unknown = null) => ({ id, result: null, error });

@Controller()
class PlainRoutes {
  @Get('plain')
  plain() {
    return 'plain';
  }

  @Get('hidden')
  hidden() {
    throw notFound('no such thing');
  }

  @Get('broken')
  broken() {
    throw new Error('secret');
  }
}

let gateway: RpcGateway;
beforeAll(async () => {
  gateway = await startRpcGateway(
    { publicUrl: 'https://code.example.com/scm/', callDeadlineMs: 400, maxBodyBytes: MEBI },
    [FixtureRpc, PlainRoutes],
  );
});
afterAll(() => gateway.close());
beforeEach(() => {
  for (const list of Object.values(seen)) list.length = 0;
});

/** Everything that comes back on one raw connection until the server closes it. */
async function raw(text: string | Buffer, port = gateway.port): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  return collect(socket);
}

function collect(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}

const head = (line: string, ...headers: string[]) =>
  [line, 'Host: x', 'Connection: close', ...headers, '', ''].join('\r\n');
const bodyOf = (response: string) => JSON.parse(response.slice(response.indexOf('\r\n\r\n') + 4)) as unknown;

describe('paths and verbs', () => {
  it.each([
    '/_admin/api',
    '/_admin/apiv2',
    '/_admin/rpc',
    '//_admin/api',
    '/_admin//api/',
    '/_admin/api/',
    '/scm/_admin/api',
    '//scm//_admin/rpc/',
    '/_admin/api?x=1',
  ])('C1: serves POST %s', async (path) => {
    expect((await gateway.post(CALL, { path })).json).toEqual(DATA);
  });

  it('serves a request line with a whole URL', async () => {
    const request = head(
      'POST http://code.example.com/scm/_admin/api HTTP/1.1',
      `Content-Length: ${String(CALL.length)}`,
    );
    expect(bodyOf(await raw(request + CALL))).toEqual(DATA);
  });

  it('C1: serves GET with a body, and says what is missing without', async () => {
    const request = head('GET /_admin/api HTTP/1.1', `Content-Length: ${String(CALL.length)}`);
    expect(bodyOf(await raw(request + CALL))).toEqual(DATA);
    const response = await fetch(`${gateway.url}/_admin/api`);
    expect([response.status, await response.json()]).toEqual([200, failure('No Content-Length in request')]);
  });

  it('C6: tells an empty body from a missing one', async () => {
    const empty = (...headers: string[]) => raw(head('POST /_admin/api HTTP/1.1', ...headers));
    expect(bodyOf(await empty('Content-Length: 0'))).toEqual(failure('Content-Length is 0'));
    expect(bodyOf(await empty())).toEqual(failure('No Content-Length in request'));
    const chunked = await raw(`${head('POST /_admin/api HTTP/1.1', 'Transfer-Encoding: chunked')}0\r\n\r\n`);
    expect(bodyOf(chunked)).toEqual(failure('Content-Length is 0'));
  });

  it('refuses other verbs in JSON', async () => {
    const response = await fetch(`${gateway.url}/_admin/api`, { method: 'PUT', body: CALL });
    expect(response.status).toBe(405);
    expect(await response.json()).toEqual(failure('unsupported request method "PUT". Please use POST'));
  });

  it('leaves everything else to the web framework', async () => {
    const server = gateway.app.getHttpServer();
    await request(server).get('/plain').expect(200, 'plain');
    await request(server).get('/hidden').expect(404, { error: 'no such thing' });
    await request(server).get('/broken').expect(500, { error: 'Internal server error' });
    await request(server).post('/_admin/apis').send({}).expect(404);
  });
});

describe('bodies', () => {
  it.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'nonsense', undefined])(
    'C4: reads content type %s',
    async (type) => {
      const request = head(
        'POST /_admin/api HTTP/1.1',
        `Content-Length: ${String(CALL.length)}`,
        ...(type === undefined ? [] : [`Content-Type: ${type}`]),
      );
      expect(bodyOf(await raw(request + CALL))).toEqual(DATA);
    },
  );

  it('C5: reads chunks', async () => {
    const request = head('POST /_admin/api HTTP/1.1', 'Transfer-Encoding: chunked');
    const chunks = [CALL.slice(0, 7), CALL.slice(7)].map(
      (chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`,
    );
    expect(bodyOf(await raw(`${request}${chunks.join('')}0\r\n\r\n`))).toEqual(DATA);
  });

  it.each([
    ['gzip', gzipSync(CALL)],
    ['GZIP', gzipSync(CALL)],
    ['deflate', deflateSync(CALL)],
    ['br', brotliCompressSync(CALL)],
    ['identity', Buffer.from(CALL)],
  ])('C5: decodes %s', async (encoding, body) => {
    expect((await gateway.post(body, { headers: { 'content-encoding': encoding } })).json).toEqual(DATA);
  });

  it('takes a body that is not what its encoding says for a parse error', async () => {
    const { status, json } = await gateway.post(CALL, { headers: { 'content-encoding': 'gzip' } });
    expect([status, json]).toEqual([
      200,
      failure('JSON parse error ERR:corrupt compressed data at position 0'),
    ]);
    const truncated = await gateway.post(gzipSync(CALL).subarray(0, 40), {
      headers: { 'content-encoding': 'gzip' },
    });
    expect(truncated.json).toMatchObject({ error: expect.stringContaining('corrupt') as unknown });
  });

  it('refuses an encoding it does not know', async () => {
    const { status, json } = await gateway.post(CALL, { headers: { 'content-encoding': 'zstd' } });
    expect([status, json]).toEqual([415, failure('Unknown Content-Encoding; use gzip, deflate, br or none')]);
  });

  it('C8: tolerates a byte order mark and white space', async () => {
    expect((await gateway.post(`\ufeff \r\n${CALL}\n\n`)).json).toEqual(DATA);
  });

  it('C7: reads up to the limit and refuses more in the dialect of the path', async () => {
    const padded = CALL.padEnd(MEBI, ' ');
    expect((await gateway.post(padded)).json).toEqual(DATA);
    const legacy = await gateway.post(`${padded} `);
    expect([legacy.status, legacy.json]).toEqual([413, failure('Request body is larger than 1048576 bytes')]);
    const modern = await gateway.post(`${padded} `, { path: '/_admin/rpc' });
    expect([modern.status, modern.json]).toEqual([
      413,
      {
        jsonrpc: '2.0',
        error: { code: -32600, message: 'Request body is larger than 1048576 bytes' },
        id: null,
      },
    ]);
  });

  it('stops a chunked body at the limit, although nobody said how long it would be', async () => {
    const chunk = `10000\r\n${' '.repeat(65536)}\r\n`;
    const response = await raw(
      head('POST /_admin/api HTTP/1.1', 'Transfer-Encoding: chunked') + chunk.repeat(17),
    );
    expect(response).toContain('HTTP/1.1 413');
    expect(response.toLowerCase()).toContain('connection: close');
  });

  it('stops a compressed bomb at the limit of what it becomes', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * MEBI));
    expect(bomb.length).toBeLessThan(MEBI / 10);
    const { status } = await gateway.post(bomb, { headers: { 'content-encoding': 'gzip' } });
    expect(status).toBe(413);
  });

  it('gives up a body that does not arrive in time, and serves others meanwhile', async () => {
    const slow = raw(`${head('POST /_admin/api HTTP/1.1', 'Content-Length: 100')}{"id"`);
    expect((await gateway.post(CALL)).json).toEqual(DATA);
    const response = await slow;
    expect(response).toContain('HTTP/1.1 408');
    expect(bodyOf(response)).toEqual(failure('Request body did not arrive in time'));
  });
});

describe('a body that ends after it was given up', () => {
  it('does not run', async () => {
    const body = JSON.stringify({ id: 1, api_key: KEY, method: 'nothing', args: {} });
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(
      head('POST /_admin/api HTTP/1.1', `Content-Length: ${String(body.length)}`) + body.slice(0, -1),
    );
    const answer = collect(socket);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.write('}');
    expect(await answer).toContain('HTTP/1.1 408');
    expect(seen.called).toEqual([]);
  });
});

describe('the running call', () => {
  it('ends at its deadline and is told so', async () => {
    expect(await gateway.call('hang')).toEqual(failure('Request deadline exceeded', 1));
    expect(seen.aborted).toMatchObject([{ reason: 'DEADLINE' }]);
  });

  it('is told when the client leaves', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    const body = JSON.stringify({ id: 1, api_key: KEY, method: 'hang', args: {} });
    socket.write(head('POST /_admin/api HTTP/1.1', `Content-Length: ${String(body.length)}`) + body);
    await until(() => seen.called.length === 1);
    socket.destroy();
    await until(() => seen.aborted.length === 1);
    expect(seen.aborted).toMatchObject([{ reason: 'CANCELLED', message: 'The client left' }]);
  });

  it('ends a batch when the client leaves, and starts none of the rest', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    const body = JSON.stringify(
      Array.from({ length: 8 }, (_, id) => ({ jsonrpc: '2.0', method: 'hang', id })),
    );
    socket.write(head('POST /_admin/rpc HTTP/1.1', `Content-Length: ${String(body.length)}`) + body);
    await until(() => seen.called.length === 4);
    socket.destroy();
    await until(() => seen.aborted.length === 4);
    expect(seen.called).toHaveLength(4);
  });

  it('has the request id that a sane caller sent, or one of its own', async () => {
    const ids = async (sent?: string) => {
      const headers: Record<string, string> = sent === undefined ? {} : { 'x-request-id': sent };
      const { json, headers: answered } = await gateway.post(
        { id: 1, api_key: KEY, method: 'get_ip', args: {} },
        { headers },
      );
      return [(json as { result: { request_id: string } }).result.request_id, answered.get('x-request-id')];
    };
    expect(await ids('trace-1:a/b')).toEqual(['trace-1:a/b', 'trace-1:a/b']);
    const [made, answered] = await ids();
    expect(made).toMatch(/^[0-9a-f]{16}-[0-9a-z]+$/);
    expect(answered).toBe(made);
    expect((await ids('a b'))[0]).toMatch(/^[0-9a-f]{16}-/);
    expect((await ids('x'.repeat(200)))[0]).toMatch(/^[0-9a-f]{16}-/);
  });

  it('leaves one log line without key, arguments or result', async () => {
    await gateway.call('echo', { text: 'confidential' }, { headers: { 'x-request-id': 'log-line' } });
    await gateway.call(
      'repo_like',
      { repoid: 1, perm: ['confidential'] },
      { headers: { 'x-request-id': 'log-bad' } },
    );
    await until(() => gateway.logged.some((line) => line.request_id === 'log-bad'));
    const lines = gateway.logged.filter(({ request_id }) =>
      ['log-line', 'log-bad'].includes(String(request_id)),
    );
    expect(lines).toMatchObject([
      {
        level: 20,
        method: 'echo',
        user: 'alice',
        api_key_id: 1,
        ip: '127.0.0.1',
        outcome: 'ok',
        protocol: 'legacy',
      },
      { level: 20, method: 'repo_like', outcome: 'invalid_params' },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(new RegExp(`confidential|${KEY}`));
  });

  it('is counted and timed by method, unknown methods under one label', async () => {
    await gateway.call('made_up_by_a_client');
    const text = await gateway.registry.metrics();
    expect(text).toMatch(/rpc_calls_total\{method="get_data",outcome="ok"\} \d+/);
    expect(text).toMatch(/rpc_calls_total\{method="unknown",outcome="method_not_found"\} \d+/);
    expect(text).toMatch(/rpc_call_duration_seconds_count\{method="hang"\} \d+/);
    expect(text).not.toContain('made_up');
  });
});

describe('the end', () => {
  const ending = () => startRpcGateway({ callDeadlineMs: 20_000 });

  it('lets running calls end and closes their connections', async () => {
    const stopping = await ending();
    const running = stopping.post({ jsonrpc: '2.0', method: 'wait', params: [200], id: 1 });
    await until(() => seen.called.includes('wait'));
    const [{ json, headers }] = await Promise.all([running, stopping.close()]);
    expect(json).toEqual({ jsonrpc: '2.0', result: 200, id: 1 });
    expect(headers.get('connection')).toBe('close');
  });

  it('aborts what does not end by itself', async () => {
    const stopping = await ending();
    stopping.app.get(JsonRpcTransport).graceMs = 50;
    const running = stopping.call('hang');
    await until(() => seen.called.includes('hang'));
    const [answer] = await Promise.all([running, stopping.close()]);
    expect(answer).toEqual(failure('Server is stopping', 1));
    expect(seen.aborted).toMatchObject([{ reason: 'CANCELLED' }]);
  });

  it('refuses what comes after', async () => {
    const stopping = await ending();
    const socket = connect(stopping.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const running = stopping.post({ jsonrpc: '2.0', method: 'wait', params: [300], id: 1 });
    await until(() => seen.called.includes('wait'));
    const closing = stopping.close();
    socket.write(head('POST /_admin/api HTTP/1.1', `Content-Length: ${String(CALL.length)}`) + CALL);
    const response = await collect(socket);
    expect(response).toContain('HTTP/1.1 503');
    expect(bodyOf(response)).toEqual(failure('Server is stopping'));
    await Promise.all([running, closing]);
  });
});
