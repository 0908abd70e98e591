import { Readable } from 'node:stream';
import type { ByteRange } from './downloads.js';

/** Files up to this size come whole from a pooled process; larger ones get a process of their own. */
export const WHOLE_BYTES = 1024 * 1024;

/** The bytes of the range alone. The source ends with them, and whatever makes it. */
export function partOf(source: Readable, range: ByteRange | undefined): Readable {
  return range === undefined ? source : Readable.from(bytesOf(source, range), { objectMode: false });
}

async function* bytesOf(source: Readable, { start, end }: ByteRange): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    const wanted = chunk.subarray(Math.max(0, start - at), end + 1 - at);
    at += chunk.length;
    if (wanted.length > 0) yield wanted;
    if (at > end) return;
  }
}
