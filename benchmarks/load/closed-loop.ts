import { latency, type Latency } from '../statistics.js';
import type { Connection, Reply } from './connection.js';

export interface ClosedLoopResult {
  readonly calls: number;
  /** Answers that were not as they should be, and connections that broke. */
  readonly failures: number;
  readonly seconds: number;
  readonly latency: Latency;
}

export interface ClosedLoop {
  /** Requests are sent from here; null ends the run. */
  readonly next: () => Buffer | null;
  readonly isRight: (reply: Reply) => boolean;
}

/** Every connection sends its next request as soon as the last one is answered. */
export async function closedLoop(
  connections: readonly Connection[],
  { next, isRight }: ClosedLoop,
): Promise<ClosedLoopResult> {
  const took: number[] = [];
  let failures = 0;
  const started = performance.now();
  const drive = (connection: Connection) =>
    new Promise<void>((resolve) => {
      const once = () => {
        const request = next();
        if (request === null) return resolve();
        const sent = performance.now();
        connection.send(
          request,
          (reply) => {
            took.push(performance.now() - sent);
            if (!isRight(reply)) failures++;
            once();
          },
          () => {
            failures++;
            resolve();
          },
        );
      };
      once();
    });
  await Promise.all(connections.map(drive));
  const seconds = (performance.now() - started) / 1000;
  return { calls: took.length, failures, seconds, latency: latency(took) };
}
