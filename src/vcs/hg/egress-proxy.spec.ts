import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Remote } from '../remote.js';
import { EgressProxy } from './egress-proxy.js';

const asked: string[] = [];
const origin = createServer((incoming, outgoing) => {
  asked.push(`${incoming.headers.host} ${incoming.url} ${incoming.headers['proxy-authorization'] ?? '-'}`);
  incoming.pipe(outgoing.writeHead(201, { 'x-answer': 'yes' }));
});
const echo = createTcpServer((socket) => socket.on('error', () => undefined).pipe(socket));
const LARGEST = 100_000;
const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  for (const server of [origin, echo]) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
});
afterAll(() => {
  origin.closeAllConnections();
  origin.close();
  echo.close();
});

describe('the egress proxy', () => {
  let proxy: EgressProxy;
  const start = async (protocol: 'http:' | 'https:', port: number, address = '127.0.0.1') => {
    const url = `${protocol}//pinned.invalid:${port}/repo`;
    const remote: Remote = {
      url,
      protocol,
      hostname: 'pinned.invalid',
      port,
      credentials: null,
      addresses: [],
    };
    proxy = await EgressProxy.start({ ...remote, addresses: [{ address, family: 4 }] }, LARGEST);
  };
  afterEach(async () => {
    asked.length = 0;
    await proxy.close();
  });

  async function ask(path: string, body = ''): Promise<{ status: number | undefined; text: string }> {
    const [host, port] = proxy.address.split(':');
    const { host: target } = new URL(path);
    const headers = { host: target, 'proxy-authorization': 'Basic x' };
    const sent = request({ host, port, path, method: 'POST', headers });
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    return { status: answer.statusCode, text: Buffer.concat(chunks).toString() };
  }

  async function tunnel(target: string): Promise<string> {
    const [host = '', port] = proxy.address.split(':');
    const socket = connect(Number(port), host);
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString();
      if (received.endsWith('\r\n\r\n') && received.includes(' 200 ')) socket.write('ping');
      if (received.endsWith('ping')) socket.end();
    });
    socket.write(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\n\r\n`);
    await once(socket, 'close');
    return received;
  }

  it('forwards to the pinned address and keeps its own headers to itself', async () => {
    await start('http:', portOf(origin));
    const host = `pinned.invalid:${portOf(origin)}`;
    expect(await ask(`http://${host}/repo?cmd=x`, 'body')).toEqual({ status: 201, text: 'body' });
    expect(asked).toEqual([`${host} /repo?cmd=x -`]);
  });

  it('forwards to nothing else', async () => {
    await start('http:', portOf(origin));
    const port = portOf(origin);
    for (const url of [
      `http://127.0.0.1:${port}/`,
      `http://pinned.invalid/`,
      `https://pinned.invalid:${port}/`,
    ]) {
      expect((await ask(url)).status).toBe(403);
    }
    expect(await tunnel(`pinned.invalid:${portOf(echo)}`)).toMatch(/^HTTP\/1.1 403 /);
    expect(asked).toEqual([]);
  });

  it('opens a tunnel to the pinned address only', async () => {
    await start('https:', portOf(echo));
    expect(await tunnel(`pinned.invalid:${portOf(echo)}`)).toMatch(/^HTTP\/1.1 200 [^]*ping$/);
    expect(await tunnel(`127.0.0.1:${portOf(echo)}`)).toMatch(/^HTTP\/1.1 403 /);
    expect(await tunnel(`pinned.invalid:${portOf(origin)}`)).toMatch(/^HTTP\/1.1 403 /);
  });

  it('breaks an answer off where the remote did', async () => {
    const cut = createServer((_, outgoing) => {
      outgoing.writeHead(200, { 'content-length': '10' });
      outgoing.write('half', () => outgoing.destroy());
    });
    cut.listen(0, '127.0.0.1');
    await once(cut, 'listening');
    await start('http:', portOf(cut));
    await expect(ask(`http://pinned.invalid:${portOf(cut)}/`)).rejects.toThrow(/aborted/);
    expect(proxy.isExhausted).toBe(false);
    cut.close();
  });

  it('takes no more than it is told to', async () => {
    await start('http:', portOf(origin));
    await expect(ask(`http://pinned.invalid:${portOf(origin)}/`, 'x'.repeat(50 * LARGEST))).rejects.toThrow();
    expect(proxy.isExhausted).toBe(true);
  });

  it('says so when nobody answers', async () => {
    await start('https:', 1);
    expect(await tunnel('pinned.invalid:1')).toMatch(/^HTTP\/1.1 502 /);
    await proxy.close();
    await start('http:', 1);
    expect((await ask('http://pinned.invalid:1/')).status).toBe(502);
  });
});
