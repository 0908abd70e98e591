import { Readable } from 'node:stream';
import { cleanDiagnostics } from '../diagnostics.js';
import { VcsError } from '../vcs.js';
import type { CommandServer } from './command-server.js';

/** What the web application of Mercurial answers. */
export interface HgAnswer {
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Readable;
}

const LONGEST_HEAD = 64 * 1024;
const KEPT_DIAGNOSTICS = 4_000;

/** One request to a command server that serves, both ways at the pace of the client. */
export class HgConversation {
  /** Rejects when there is none: VcsError. */
  readonly answer: Promise<HgAnswer>;
  /** The server is free again, or gone. Never rejects. */
  readonly ended: Promise<void>;
  private readonly body: Readable;
  private head: Buffer | null = Buffer.alloc(0);
  private diagnostics = '';
  private isOver = false;

  constructor(server: CommandServer, args: readonly string[], request: Readable, signal: AbortSignal) {
    this.body = new Readable({
      read: () => {
        if (!this.isOver) server.hold(false);
      },
    });
    // It may break before anybody reads it; an error that nobody hears ends the gateway
    this.body.on('error', () => undefined);
    let answered!: (answer: HgAnswer) => void;
    let failed!: (error: VcsError) => void;
    this.answer = new Promise((resolve, reject) => {
      answered = resolve;
      failed = reject;
    });
    // Whoever waits for the end alone need not look at it
    this.answer.catch(() => undefined);
    const pieces = new Pieces(request);
    this.ended = new Promise((resolve) => {
      server.begin(
        args,
        {
          output: (data) => {
            const rest = this.head === null ? data : this.takeHead(data, answered);
            if (rest.length > 0 && !this.body.push(rest)) server.hold(true);
          },
          diagnostics: (data) => {
            this.diagnostics = (this.diagnostics + data.toString('utf8')).slice(-KEPT_DIAGNOSTICS);
          },
          input: (atMost) => {
            pieces.next(atMost).then(
              (piece) => server.give(piece),
              // The client has left: an end that looks like the end of the body would store half a push
              () => server.abandon(),
            );
          },
          ended: (outcome) => {
            this.isOver = true;
            // Whoever gets it next must hear it
            server.hold(false);
            const error = this.failure(outcome);
            if (error) failed(error);
            if (error) this.body.destroy(error);
            else this.body.push(null);
            resolve();
          },
        },
        signal,
      );
    });
  }

  private takeHead(data: Buffer, answered: (answer: HgAnswer) => void): Buffer {
    const bytes = Buffer.concat([this.head ?? Buffer.alloc(0), data]);
    const end = bytes.indexOf(10);
    if (end < 0 && bytes.length <= LONGEST_HEAD) {
      this.head = bytes;
      return Buffer.alloc(0);
    }
    const { status, headers } = JSON.parse(bytes.toString('utf8', 0, end)) as {
      status: string;
      headers: [string, string][];
    };
    this.head = null;
    answered({ status: Number.parseInt(status), reason: status.slice(4), headers, body: this.body });
    return bytes.subarray(end + 1);
  }

  private failure(outcome: number | VcsError): VcsError | null {
    if (outcome instanceof VcsError) return outcome;
    if (outcome === 0 && this.head === null) return null;
    return new VcsError('FAILED', 'Mercurial could not serve this', cleanDiagnostics(this.diagnostics));
  }
}

/** Hands out a stream in pieces of at most the size that somebody asks for. */
class Pieces {
  private readonly source: AsyncIterator<Buffer>;
  private kept: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.source = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** Empty at the end. */
  async next(atMost: number): Promise<Buffer> {
    if (this.kept.length === 0) {
      const { done, value } = await this.source.next();
      if (done) return this.kept;
      this.kept = value;
    }
    const piece = this.kept.subarray(0, atMost);
    this.kept = this.kept.subarray(atMost);
    return piece;
  }
}
