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

/** All that came since it was asked to begin anew, whatever the path. */
export interface Span {
  /** Different ones; the same event to two paths counts twice. */
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly duplicates: number;
}

const MAIN_PATH = '/hook';
/** Takes everything and never answers. */
const SILENT_PATH = '/silent';
/** Answers after so many milliseconds. */
const SLOW_PATH = /^\/after\/(\d+)\//;

/** Receives deliveries, answers at once, and remembers when each `bench <n>` came for the first time to each path. */
const arrivedAt = new Map<string, Map<number, number>>();
let duplicates = 0;
let isOther = false;
let span: Span = { count: 0, firstAt: Number.NaN, lastAt: Number.NaN, duplicates: 0 };

function arrived(path: string, number: number, at: number): void {
  const times = arrivedAt.get(path) ?? new Map<number, number>();
  arrivedAt.set(path, times);
  if (times.has(number)) {
    duplicates++;
    span = { ...span, duplicates: span.duplicates + 1 };
    return;
  }
  times.set(number, at);
  span = { ...span, count: span.count + 1, firstAt: span.count === 0 ? at : span.firstAt, lastAt: at };
}

/** Of our events what was changed last; of other products' bodies the first that stands anywhere. */
function numberIn(body: string): number | null {
  const text = isOther ? body : (JSON.parse(body) as Body).data.repo.description;
  const found = /bench (\d+)/.exec(text)?.[1];
  return found === undefined ? null : Number(found);
}

const server = createServer((request, response) => {
  const at = nowMs();
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (request.url === SILENT_PATH) return;
    const wait = SLOW_PATH.exec(request.url ?? '')?.[1];
    if (wait === undefined) response.end();
    else setTimeout(() => response.end(), Number(wait));
    const number = numberIn(Buffer.concat(chunks).toString());
    if (number !== null) arrived(request.url ?? '', number, at);
  });
});
server.keepAliveTimeout = 60_000;

const commands = {
  /** @param input for another product: where it sends to @returns the port */
  async start(input?: { host: string; port: number }): Promise<number> {
    isOther = input !== undefined;
    server.listen(input?.port ?? 0, input?.host ?? '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  },

  /** Begins a new span. */
  mark(): void {
    span = { count: 0, firstAt: Number.NaN, lastAt: Number.NaN, duplicates: 0 };
  },

  span(): Span {
    return span;
  },

  /** @param input the numbers from `first` on, at the main path */
  arrivals({ first, count }: { first: number; count: number }): Arrivals {
    const firstAt = Float64Array.from(
      { length: count },
      (_, index) => arrivedAt.get(MAIN_PATH)?.get(first + index) ?? Number.NaN,
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
