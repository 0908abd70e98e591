/** One answer of `git cat-file --batch-command`. */
export type GitAnswer =
  { found: true; id: string; type: string; size: number; content: Buffer } | { found: false; reason: string };

/** Objects larger than this are not read; only commits are. */
const MAX_OBJECT_BYTES = 16 * 1024 * 1024;

/**
 * Cuts the output of `cat-file --batch-command` into answers. What follows a header depends on the command, so every
 * command must be announced with {@link expect}, in order.
 */
export class ObjectStream {
  private readonly expected: ('info' | 'contents')[] = [];
  private chunks: Buffer[] = [];
  private length = 0;
  /** Bytes below which looking again is no use. */
  private needed = 1;

  constructor(private readonly onAnswer: (answer: GitAnswer) => void) {}

  expect(command: 'info' | 'contents'): void {
    this.expected.push(command);
  }

  /** @throws Error on an object that is too large, or output that nobody asked for. */
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
    if (size > MAX_OBJECT_BYTES) throw new Error(`object of ${size} bytes`);
    const hasContent = object !== null && this.expected[0] === 'contents';
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
