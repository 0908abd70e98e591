import { nowMs } from '../process/clock.js';
import type { Connection, Reply } from './connection.js';

export interface OpenLoopResult {
  /** When each request was due, and when its answer was there (NaN: never), in milliseconds of {@link nowMs}. */
  readonly dueAt: Float64Array;
  readonly answeredAt: Float64Array;
  readonly failures: number;
  /** Requests on their way at the moment when the last one was due. */
  readonly unanswered: number;
  /** Connections that were needed. */
  readonly connections: number;
}

export interface OpenLoop {
  readonly ratePerSecond: number;
  readonly count: number;
  readonly request: (index: number) => Buffer;
  readonly maxConnections: number;
  readonly open: () => Promise<Line>;
  readonly isRight: (reply: Reply) => boolean;
}

/** Carries one request at a time. */
export type Line = Pick<Connection, 'send' | 'close'>;

/**
 * Sends at fixed times whatever the server does; a request that finds no free connection waits, and its time counts from
 * when it was due, so that a slow server cannot hide behind a generator that waits for it.
 */
export async function openLoop(plan: OpenLoop): Promise<OpenLoopResult> {
  const dueAt = new Float64Array(plan.count);
  const answeredAt = new Float64Array(plan.count).fill(Number.NaN);
  const free: Line[] = [];
  const queue: number[] = [];
  const opened: Line[] = [];
  let opening = 0;
  let failures = 0;
  let open = plan.count;
  let finished: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (finished = resolve));

  const done = (index: number, succeeded: boolean) => {
    answeredAt[index] = nowMs();
    if (!succeeded) failures++;
    if (--open === 0) finished();
  };
  const send = (connection: Line, index: number) =>
    connection.send(
      plan.request(index),
      (reply) => {
        done(index, plan.isRight(reply));
        release(connection);
      },
      () => done(index, false),
    );
  const release = (connection: Line) => {
    const waiting = queue.shift();
    if (waiting === undefined) free.push(connection);
    else send(connection, waiting);
  };
  const submit = (index: number) => {
    const connection = free.pop();
    if (connection) return send(connection, index);
    queue.push(index);
    if (opened.length + opening >= plan.maxConnections) return;
    opening++;
    void plan.open().then((fresh) => {
      opening--;
      opened.push(fresh);
      release(fresh);
    });
  };

  const unanswered = await schedule(plan, dueAt, submit, () => open);
  await over;
  for (const connection of opened) connection.close();
  return { dueAt, answeredAt, failures, unanswered, connections: opened.length };
}

/** @returns how many were open when the last one was due */
function schedule(
  { count, ratePerSecond }: OpenLoop,
  dueAt: Float64Array,
  submit: (index: number) => void,
  stillOpen: () => number,
): Promise<number> {
  const gap = 1000 / ratePerSecond;
  const start = nowMs() + gap;
  let next = 0;
  return new Promise((resolve) => {
    const turn = () => {
      const now = nowMs();
      for (; next < count && start + next * gap <= now; next++) {
        dueAt[next] = start + next * gap;
        submit(next);
      }
      if (next === count) resolve(stillOpen());
      // Timers are never early and up to a millisecond late; what is late counts against the server, not for it.
      else setTimeout(turn, Math.max(0, start + next * gap - now));
    };
    turn();
  });
}
