import { obey } from '../process/child-side.js';
import { closedLoop, type ClosedLoopResult } from './closed-loop.js';
import { Connection, type Reply } from './connection.js';
import { openLoop, type OpenLoopResult } from './open-loop.js';
import { requestBytes } from './request-bytes.js';

/** Calls of `update_repo` that each give a description of their own, so that each makes one event. */
export interface Updates {
  readonly key: string;
  /** Taken in turn: changes of one repository wait for each other. */
  readonly repoIds: readonly number[];
  /** Descriptions are `bench <n>`, counted from here. */
  readonly first: number;
  /** False: the same description every time, which changes nothing and records no event. */
  readonly distinct: boolean;
}

export interface CallsFor {
  readonly port: number;
  readonly connections: number;
  readonly request: Buffer;
  readonly ms: number;
  /** Every answer must be as long as this one. */
  readonly answerLength: number;
}

export interface UpdatesFor {
  readonly port: number;
  readonly connections: number;
  readonly updates: Updates;
  /** Ends after this many requests or this many milliseconds, whichever is given. */
  readonly count?: number;
  readonly ms?: number;
}

export interface UpdatesAt {
  readonly port: number;
  readonly maxConnections: number;
  readonly updates: Updates;
  readonly ratePerSecond: number;
  readonly count: number;
}

const pools = new Map<number, Connection[]>();

/** Connections stay open between rounds, so that none of them pays for opening them. */
async function connections(port: number, count: number): Promise<Connection[]> {
  const pool = pools.get(port) ?? [];
  pools.set(port, pool);
  while (pool.length < count) pool.push(await Connection.open(port));
  return pool.slice(0, count);
}

const update = ({ key, repoIds, first, distinct }: Updates, index: number) =>
  requestBytes(key, 'update_repo', {
    repoid: repoIds[index % repoIds.length],
    description: distinct ? `bench ${String(first + index)}` : 'bench',
  });

const succeeded = ({ status, body }: Reply) =>
  status === 200 && body.toString('latin1', body.length - 13) === '"error":null}';

const commands = {
  async calls(input: CallsFor): Promise<ClosedLoopResult> {
    const request = Buffer.from(input.request);
    const pool = await connections(input.port, input.connections);
    const end = performance.now() + input.ms;
    return closedLoop(pool, {
      next: () => (performance.now() < end ? request : null),
      isRight: ({ status, body }) => status === 200 && body.length === input.answerLength,
    });
  },

  async updates(input: UpdatesFor): Promise<ClosedLoopResult> {
    const pool = await connections(input.port, input.connections);
    const { count = Infinity, ms = Infinity } = input;
    const end = performance.now() + ms;
    let sent = 0;
    return closedLoop(pool, {
      next: () => (sent < count && performance.now() < end ? update(input.updates, sent++) : null),
      isRight: succeeded,
    });
  },

  updatesAt(input: UpdatesAt): Promise<OpenLoopResult> {
    return openLoop({
      ...input,
      request: (index) => update(input.updates, index),
      open: () => Connection.open(input.port),
      isRight: succeeded,
    });
  },

  /** For a server that is about to stop. */
  disconnect(port: number): void {
    for (const connection of pools.get(port) ?? []) connection.close();
    pools.delete(port);
  },
};

export type LoadCommands = typeof commands;
obey(commands);
