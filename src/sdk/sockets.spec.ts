import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpFailure, type PluginNet } from './adapter.js';
import { dial, socketFailure } from './sockets.js';

let server: Server;
let port: number;
beforeAll(async () => {
  server = createServer((socket) => socket.on('error', () => undefined).end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => server.close());

const leadsTo = (...addresses: string[]): PluginNet => ({
  addressesOf: () => Promise.resolve(addresses.map((address) => ({ address, family: 4 }))),
});
const unhurried = new AbortController().signal;

describe('dial', () => {
  it('connects to the first address that answers', async () => {
    const socket = await dial(leadsTo('127.0.0.2', '127.0.0.1'), { host: 'two.example', port }, unhurried);
    expect(socket.remoteAddress).toBe('127.0.0.1');
    const [said] = (await once(socket, 'data')) as [Buffer];
    expect(said.toString()).toBe('hello');
    socket.destroy();
  });

  it('says why it does not', async () => {
    const target = { host: 'one.example', port };
    const blocked = new HttpFailure('blocked', 'ADDRESS_BLOCKED', 'a private address');
    const net: PluginNet = { addressesOf: () => Promise.reject(blocked) };
    await expect(dial(net, target, unhurried)).rejects.toBe(blocked);
    await expect(dial(leadsTo('127.0.0.2'), target, unhurried)).rejects.toMatchObject({
      kind: 'remote',
      code: 'CONNECTION_REFUSED',
    });
    await expect(dial(leadsTo(), target, unhurried)).rejects.toMatchObject({ code: 'NAME_NOT_FOUND' });
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    stop.abort(new DOMException('no outcome in time', 'TimeoutError'));
    await expect(
      dial(leadsTo('127.0.0.1'), { host: 'one.example', port }, stop.signal),
    ).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
  });

  it('gives an address that says nothing no more than its time', async () => {
    // TEST-NET-1 is routed nowhere; where the system refuses it at once, the next address is tried as well
    const socket = await dial(
      leadsTo('192.0.2.1', '127.0.0.1'),
      { host: 'two.example', port },
      unhurried,
      50,
    );
    expect(socket.remoteAddress).toBe('127.0.0.1');
    socket.destroy();
  });

  it('leaves no error of its socket without a listener', async () => {
    const socket = await dial(leadsTo('127.0.0.1'), { host: 'one.example', port }, unhurried);
    expect(socket.listenerCount('error')).toBe(1);
    socket.destroy(new Error('cut before anybody listens'));
    await new Promise((resolve) => socket.once('close', resolve));
  });
});

describe('socketFailure', () => {
  it.each([
    [{ code: 'ECONNREFUSED' }, 'remote', 'CONNECTION_REFUSED'],
    [{ code: 'EAI_AGAIN' }, 'local', 'RESOLVER_FAILED'],
    [{ code: 'ENETUNREACH' }, 'local', 'NETWORK_UNREACHABLE'],
    [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'remote', 'TLS_FAILED'],
    [{ name: 'TimeoutError' }, 'remote', 'TIMEOUT'],
    [{ code: 'toString' }, 'remote', 'CONNECTION_FAILED'],
  ])('%j is %s %s', (error, kind, code) => {
    expect(socketFailure(error)).toMatchObject({ kind, code, cause: error });
  });
});
