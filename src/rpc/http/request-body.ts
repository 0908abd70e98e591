import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

/** Why there is no body: it is longer than allowed, its encoding is unknown, or it is not what its encoding says. */
export type BodyProblem = 'too large' | 'unknown encoding' | 'corrupt';

const DECODERS = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

/**
 * Reads a whole body once, decoded.
 * @param limit in bytes, counted after decoding, so that a bomb stops early
 * @param done called at most once; never when the client leaves in the middle
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  done: (problem: BodyProblem | null, body: Buffer) => void,
): void {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase();
  const length = request.headers['content-length'];
  if (length !== undefined && Number(length) > limit) return done('too large', EMPTY);
  if (!encoding || encoding === 'identity') return collect(request, limit, done);
  const decoder = DECODERS.get(encoding)?.();
  if (!decoder) return done('unknown encoding', EMPTY);
  let finished = false;
  const finish: typeof done = (problem, body) => {
    if (finished) return;
    finished = true;
    request.unpipe(decoder);
    decoder.destroy();
    done(problem, body);
  };
  decoder.on('error', () => finish('corrupt', EMPTY));
  request.once('close', () => {
    if (!request.complete) decoder.destroy();
  });
  collect(request.pipe(decoder), limit, finish);
}

const EMPTY = Buffer.alloc(0);

function collect(
  source: Readable,
  limit: number,
  done: (problem: BodyProblem | null, body: Buffer) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const onData = (chunk: Buffer) => {
    size += chunk.length;
    if (size <= limit) return void chunks.push(chunk);
    source.off('data', onData);
    source.off('end', onEnd);
    done('too large', EMPTY);
  };
  const onEnd = () => done(null, chunks.length === 1 ? (chunks[0] ?? EMPTY) : Buffer.concat(chunks, size));
  source.on('data', onData);
  source.on('end', onEnd);
}
