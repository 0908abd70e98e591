import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const LONGEST_LINE = 2_000;
/** More than that in a second is left out, and counted. */
const MOST_A_SECOND = 50;

/** Hands on what a plugin prints, a line at a time, and not more than a log can take. */
export function logLines(stream: Readable, log: (line: string) => void): void {
  let second = 0;
  let lines = 0;
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) {
      if (lines > MOST_A_SECOND) log(`(${lines - MOST_A_SECOND} lines left out)`);
      second = now;
      lines = 0;
    }
    lines += 1;
    if (lines <= MOST_A_SECOND && line.trim() !== '') log(line.slice(0, LONGEST_LINE));
  });
  stream.on('error', () => undefined);
}
