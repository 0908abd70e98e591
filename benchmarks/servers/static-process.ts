import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { obey } from '../process/child-side.js';

/** Bare `node:http` that reads the request and answers fixed bytes: what no program on Node can be faster than. */
let body = Buffer.alloc(0);
const server = createServer((request, response) => {
  request.on('data', () => undefined);
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  });
});

const commands = {
  /** @returns the port */
  async start(): Promise<number> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  },

  answer(bytes: Buffer): void {
    body = Buffer.from(bytes);
  },

  stop(): void {
    server.closeAllConnections();
    server.close();
  },
};

export type StaticCommands = typeof commands;
obey(commands);
