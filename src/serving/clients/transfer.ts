import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable, Writable } from 'node:stream';
import { ClientRefusal } from './client-refusal.js';

export interface TransferLimits {
  /** Without a byte in either direction. */
  readonly idleMs: number;
  readonly totalMs: number;
}

/** After an answer that came before the request was read: as long as that goes on, but not longer than this. */
const LINGER_MS = 30_000;

/** One request of a client while it is served: counts bytes, and ends when the client leaves or takes too long. */
export class Transfer {
  readonly bytes = { in: 0, out: 0 };
  readonly startedAt = performance.now();
  /** Why it was ended; null while it was not. */
  ending: 'left' | 'too slow' | 'stopping' | null = null;
  private readonly controller = new AbortController();
  private readonly idle: NodeJS.Timeout;
  private readonly total: NodeJS.Timeout;
  private finishes = false;
  private endLinger = () => {};

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    { idleMs, totalMs }: TransferLimits,
  ) {
    this.idle = setTimeout(() => this.end('too slow'), idleMs);
    this.total = setTimeout(() => this.end('too slow'), totalMs);
    response.once('close', () => {
      if (!response.writableFinished && !this.finishes) this.end('left');
    });
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  end(reason: 'left' | 'too slow' | 'stopping'): void {
    if (reason === 'stopping') this.endLinger();
    if (this.ending !== null) return;
    this.ending = reason;
    this.controller.abort();
  }

  /** From now on it goes on to its end although the client may leave: what it does is decided. */
  finishAlone(): void {
    this.finishes = true;
  }

  /** Ends the limits on its time; call when it is over, however, or when the client has done its part. */
  close(): void {
    clearTimeout(this.idle);
    clearTimeout(this.total);
  }

  /** Moves what the client sends, at the pace of whoever takes it. @throws ClientRefusal 413 beyond the limit */
  async receive(source: Readable, target: Writable, maxBytes: number): Promise<void> {
    await this.pump(source, target, (length) => {
      this.bytes.in += length;
      if (this.bytes.in > maxBytes) throw new ClientRefusal(413, `more than ${maxBytes} bytes were sent`);
    });
  }

  /** Moves an answer, at the pace of the client; does not end the response. */
  async send(source: Readable, look?: (chunk: Buffer) => void): Promise<void> {
    await this.pump(source, this.response, (length, chunk) => {
      this.bytes.out += length;
      look?.(chunk);
    });
  }

  /** An answer as a whole. */
  answer(
    status: number,
    headers: Readonly<Record<string, string>>,
    body: string | Buffer,
    reason?: string,
  ): void {
    const { request, response } = this;
    if (response.destroyed || response.headersSent) return;
    const length = Buffer.byteLength(body);
    this.bytes.out += length;
    const all = {
      ...headers,
      'content-length': String(length),
      ...(request.complete ? {} : { connection: 'close' }),
    };
    if (reason === undefined) response.writeHead(status, all);
    else response.writeHead(status, reason, all);
    this.finish(body);
  }

  /** Ends the answer, and reads on what the client still sends, so that it gets to see it. */
  finish(rest: string | Buffer = ''): void {
    const { request, response } = this;
    if (request.complete || request.destroyed) {
      response.end(rest);
      return;
    }
    if (rest.length > 0) response.write(rest);
    const end = () => {
      clearTimeout(timer);
      response.end();
    };
    const timer = setTimeout(end, LINGER_MS);
    this.endLinger = end;
    request.once('end', end).once('close', end);
    request.resume();
  }

  private pump(
    source: Readable,
    target: Writable,
    moved: (length: number, chunk: Buffer) => void,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error?: Error) => {
        source.off('data', take).off('end', ended).off('close', closed);
        target.off('drain', resume).off('close', refused);
        this.signal.removeEventListener('abort', givenUp);
        if (error) reject(error);
        else resolve();
      };
      const ended = () => done();
      const closed = () =>
        done(source.readableEnded ? undefined : (source.errored ?? new Error('the stream broke')));
      const refused = () => done(new Error('nobody takes it'));
      // Who takes nothing leaves a source that waits for ever
      const givenUp = () => done(new Error('it was ended'));
      const resume = () => source.resume();
      const take = (chunk: Buffer) => {
        this.idle.refresh();
        try {
          moved(chunk.length, chunk);
        } catch (error) {
          source.pause();
          return done(error as Error);
        }
        if (!target.write(chunk)) source.pause();
      };
      // Errors are followed by `close`; they may also come when nobody waits any more
      source.on('error', () => undefined);
      target.on('error', () => undefined);
      if (this.signal.aborted) return givenUp();
      if (target.destroyed) return refused();
      if (source.destroyed) return closed();
      source.on('data', take).on('end', ended).on('close', closed);
      target.on('drain', resume).on('close', refused);
      this.signal.addEventListener('abort', givenUp, { once: true });
    });
  }
}
