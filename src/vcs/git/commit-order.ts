const ID_BYTES = 20;
const ID_DIGITS = 2 * ID_BYTES;

/**
 * All reachable commits of a repository in date order, oldest first: the number of a commit is its `revision`. Some 40
 * bytes a commit, whatever their number; looking up either way costs the same for ten commits and for a million.
 */
export class CommitOrder {
  /** Open addressing by the first bytes of an id, which are as good as random; 0 is free, else place + 1. */
  private readonly slots: Int32Array;
  private readonly mask: number;

  /** @param ids 20 bytes each, newest first; @param dates of the committers, unix seconds, in the same order */
  constructor(
    private readonly ids: Buffer,
    private readonly dates: Float64Array,
  ) {
    this.slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * dates.length + 1)));
    this.mask = this.slots.length - 1;
    for (let place = 0; place < dates.length; place += 1) {
      let slot = ids.readUInt32LE(place * ID_BYTES) & this.mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = place + 1;
    }
  }

  get count(): number {
    return this.dates.length;
  }

  get bytes(): number {
    return this.ids.length + this.dates.byteLength + this.slots.byteLength;
  }

  /** @returns 40 hex digits; undefined when there is no commit of that number */
  idAt(revision: number): string | undefined {
    const place = this.count - 1 - revision;
    if (place < 0 || revision < 0) return undefined;
    return this.ids.toString('hex', place * ID_BYTES, (place + 1) * ID_BYTES);
  }

  /** Unix seconds. */
  dateAt(revision: number): number {
    return this.dates[this.count - 1 - revision] ?? 0;
  }

  /** @param id 40 hex digits @returns -1 when no branch, tag or pull request leads to it */
  revisionOf(id: string): number {
    const bytes = Buffer.from(id, 'hex');
    let slot = bytes.readUInt32LE(0) & this.mask;
    for (;;) {
      const place = (this.slots[slot] ?? 0) - 1;
      if (place < 0) return -1;
      const at = place * ID_BYTES;
      if (bytes.compare(this.ids, at, at + ID_BYTES) === 0) return this.count - 1 - place;
      slot = (slot + 1) & this.mask;
    }
  }
}

/** Takes the output of `git rev-list --timestamp` as it comes. */
export class CommitOrderReader {
  private ids = Buffer.alloc(ID_BYTES * 1_024);
  private readonly dates: number[] = [];
  private rest = '';

  push(chunk: Buffer): void {
    const lines = (this.rest + chunk.toString('latin1')).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.take(line);
  }

  finish(): CommitOrder {
    const ids = Buffer.from(this.ids.subarray(0, this.dates.length * ID_BYTES));
    return new CommitOrder(ids, Float64Array.from(this.dates));
  }

  /** `<unix seconds> <40 hex digits>` */
  private take(line: string): void {
    const at = this.dates.length * ID_BYTES;
    if (at === this.ids.length) this.ids = Buffer.concat([this.ids, Buffer.alloc(this.ids.length)]);
    this.ids.write(line.slice(-ID_DIGITS), at, ID_BYTES, 'hex');
    this.dates.push(Number(line.slice(0, -ID_DIGITS)));
  }
}
