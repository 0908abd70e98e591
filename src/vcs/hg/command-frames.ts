/** A frame of the command server: what it prints, how a command ended, or that it asks for input. */
export type HgFrame =
  | { kind: 'output' | 'error'; data: Buffer }
  | { kind: 'result'; code: number }
  /** It waits for so many bytes at most. */
  | { kind: 'input'; atMost: number };

const HEADER_BYTES = 5;
/** More in one frame means that we lost the thread; the server writes pieces of some kilobytes. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;

/** Cuts the output of `hg serve --cmdserver pipe` into frames: one letter, four bytes of length, the data. */
export class HgFrames {
  private buffer: Buffer = Buffer.alloc(0);

  constructor(private readonly onFrame: (frame: HgFrame) => void) {}

  /** @throws Error on what is no frame. */
  push(chunk: Buffer): void {
    this.buffer = this.buffer.length === 0 ? chunk : Buffer.concat([this.buffer, chunk]);
    while (this.buffer.length >= HEADER_BYTES) {
      const channel = String.fromCharCode(this.buffer.readUInt8(0));
      const length = this.buffer.readUInt32BE(1);
      if (channel === 'I' || channel === 'L') {
        // Upper case: the length is how much it would read, and no data follows.
        this.buffer = this.buffer.subarray(HEADER_BYTES);
        this.onFrame({ kind: 'input', atMost: length });
        continue;
      }
      if (length > MAX_FRAME_BYTES) throw new Error(`frame of ${length} bytes`);
      if (this.buffer.length < HEADER_BYTES + length) return;
      const data = this.buffer.subarray(HEADER_BYTES, HEADER_BYTES + length);
      this.buffer = this.buffer.subarray(HEADER_BYTES + length);
      if (channel === 'o') this.onFrame({ kind: 'output', data });
      else if (channel === 'e') this.onFrame({ kind: 'error', data });
      else if (channel === 'r') this.onFrame({ kind: 'result', code: data.readInt32BE(0) });
      // Other lower-case channels (debug, messages) may be passed over.
      else if (channel !== channel.toLowerCase()) throw new Error(`unknown channel ${channel}`);
    }
  }
}

/** `runcommand` with its arguments. @throws RangeError when one contains NUL, which would make two of it */
export function runCommandFrame(args: readonly string[]): Buffer {
  if (args.some((arg) => arg.includes('\0'))) throw new RangeError('an argument contains NUL');
  const body = Buffer.from(args.join('\0'), 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([Buffer.from('runcommand\n'), length, body]);
}

/** The answer to a question for input; empty when there is nothing to read. */
export function inputFrame(data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, data]);
}
