import { PatchReader } from './patch-reader.js';
import type { Diff } from './vcs.js';

const NOTHING: Diff = { files: [], text: '', truncated: false };

/**
 * Reads patches of several commits as they come, each behind a line with the commit's id. Lines of a patch that are part
 * of a file start with a space, a sign or a backslash, and headers with words, so that an id cannot be mistaken.
 */
export class PatchSplitter {
  private readonly done = new Map<string, Diff>();
  private current: { id: string; reader: PatchReader } | null = null;
  private rest: Buffer = Buffer.alloc(0);

  private used = 0;

  /** @param maxTextBytes that all patches together may have; 0: no text is wanted */
  constructor(private readonly maxTextBytes: number) {}

  push(chunk: Buffer): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      this.line(bytes.subarray(start, end + 1));
      start = end + 1;
    }
    this.rest = Buffer.from(bytes.subarray(start));
  }

  /** In the order of the ids; what changed nothing has no files. */
  of(rawIds: readonly string[]): Diff[] {
    if (this.rest.length > 0) this.line(this.rest);
    this.rest = Buffer.alloc(0);
    this.close();
    return rawIds.map((id) => this.done.get(id) ?? NOTHING);
  }

  private line(line: Buffer): void {
    // Mercurial puts an empty line between two changesets; a patch has none.
    if (line.length === 1) return;
    const id = line.length === 41 ? /^([0-9a-f]{40})\n$/.exec(line.toString('latin1'))?.[1] : undefined;
    if (id === undefined) this.current?.reader.push(line);
    else {
      this.close();
      this.current = { id, reader: new PatchReader(this.limit()) };
    }
  }

  private close(): void {
    if (this.current === null) return;
    const { id, reader } = this.current;
    const diff = reader.end();
    this.used += Buffer.byteLength(diff.text);
    this.done.set(id, diff);
    this.current = null;
  }

  /** Never 0 once it is used up, which would say that no text is wanted. */
  private limit(): number {
    return this.maxTextBytes === 0 ? 0 : Math.max(1, this.maxTextBytes - this.used);
  }
}
