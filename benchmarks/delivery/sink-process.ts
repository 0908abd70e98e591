import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { obey } from '../process/child-side.js';
import { nowMs } from '../process/clock.js';

export interface Arrivals {
  /** By number of the description; NaN where nothing came. */
  readonly firstAt: Float64Array;
  readonly duplicates: number;
}

interface Body {
  data: { repo: { description: string } };
}

/** Receives deliveries, answers at once, and remembers when each `bench <n>` came for the first time. */
const arrivedAt = new Map<number, number>();
let duplicates = 0;

const server = createServer((request, response) => {
  const at = nowMs();
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.end();
    const { data } = JSON.parse(Buffer.concat(chunks).toString()) as Body;
    const number = /^bench (\d+)$/.exec(data.repo.description)?.[1];
    if (number === undefined) return;
    if (arrivedAt.has(Number(number))) duplicates++;
    else arrivedAt.set(Number(number), at);
  });
});
server.keepAliveTimeout = 60_000;

const commands = {
  /** @returns the port */
  async start(): Promise<number> {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  },

  /** How many different ones have come. */
  count(): number {
    return arrivedAt.size;
  },

  /** @param input the numbers from `first` on */
  arrivals({ first, count }: { first: number; count: number }): Arrivals {
    const firstAt = Float64Array.from(
      { length: count },
      (_, index) => arrivedAt.get(first + index) ?? Number.NaN,
    );
    return { firstAt, duplicates };
  },

  stop(): void {
    server.closeAllConnections();
    server.close();
  },
};

export type SinkCommands = typeof commands;
obey(commands);
