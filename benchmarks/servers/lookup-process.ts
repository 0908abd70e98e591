import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { obey } from '../process/child-side.js';
import { Lookups, type LookupPlan } from './lookups.js';

/** Bare `node:http` that does the lookups of a call, each once, and nothing else: no dialects, limits, metrics, log. */
let server: Server | null = null;
let lookups: Lookups | null = null;

interface Body {
  id: unknown;
  api_key: string;
  method: string;
}

const commands = {
  /** @param input plans by method @returns the port */
  async start(input: {
    url: string;
    poolSize: number;
    plans: Readonly<Record<string, LookupPlan>>;
  }): Promise<number> {
    const found = (lookups = new Lookups(input.url, input.poolSize));
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { id, api_key, method } = JSON.parse(Buffer.concat(chunks).toString()) as Body;
        found.run(input.plans[method] as LookupPlan, api_key).then(
          (result) => {
            const text = JSON.stringify({ id, result, error: null });
            response.writeHead(200, {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(text),
            });
            response.end(text);
          },
          (error: unknown) => response.writeHead(500).end(String(error)),
        );
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  },

  async stop(): Promise<void> {
    server?.closeAllConnections();
    server?.close();
    await lookups?.close();
  },
};

export type LookupCommands = typeof commands;
obey(commands);
