/** One answer of `git cat-file --batch-command`. */
export type GitAnswer =
  { found: true; id: string; type: string; size: number; content: Buffer } | { found: false; reason: string };

/** Of the contents of one batch. */
const MAX_CONTENT_BYTES = 64 * 1024 * 1024;

/**
 * Cuts the output of `cat-file --batch-command` into answers. What follows a header depends on the command, so every
 * command must be announced with {@link expect}, a batch after the other.
 */
export class ObjectStream {
  private readonly expected: ('info' | 'contents')[] = [];
  private chunks: Buffer[] = [];
  private length = 0;
  /** Bytes below which looking again is no use. */
  private needed = 1;
  /** Bytes of contents that the batch may still bring. */
  private room = 0;

  constructor(private readonly onAnswer: (answer: GitAnswer) => void) {}

  expect(commands: readonly ('info' | 'contents')[]): void {
    this.expected.push(...commands);
    this.room = MAX_CONTENT_BYTES;
  }

  /** @throws Error on contents that are too large, or output that nobody asked for. */
  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
    while (this.length >= this.needed && this.takeOne());
  }

  private takeOne(): boolean {
    const buffer = this.chunks.length === 1 ? this.chunks[0] : Buffer.concat(this.chunks);
    if (buffer === undefined || buffer.length === 0) return false;
    this.chunks = [buffer];
    const end = buffer.indexOf('\n');
    if (end < 0) {
      this.needed = this.length + 1;
      return false;
    }
    const header = buffer.toString('utf8', 0, end);
    const object = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(header);
    const size = Number(object?.[3] ?? 0);
    const hasContent = object !== null && this.expected[0] === 'contents';
    if (hasContent && size > this.room) throw new Error(`contents of more than ${MAX_CONTENT_BYTES} bytes`);
    const total = end + 1 + (hasContent ? size + 1 : 0);
    if (buffer.length < total) {
      this.needed = total;
      return false;
    }
    if (this.expected.shift() === undefined) throw new Error('unexpected output');
    const rest = buffer.subarray(total);
    this.chunks = rest.length > 0 ? [rest] : [];
    this.length = rest.length;
    this.needed = 1;
    if (hasContent) this.room -= size;
    const [, id = '', type = ''] = object ?? [];
    const content = hasContent ? buffer.subarray(end + 1, end + 1 + size) : Buffer.alloc(0);
    this.onAnswer(
      object === null
        ? { found: false, reason: header.slice(header.lastIndexOf(' ') + 1) }
        : { found: true, id, type, size, content },
    );
    return true;
  }
}
