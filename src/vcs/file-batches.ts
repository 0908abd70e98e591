import { MAX_FILE_BYTES } from './tree-path.js';

/** A file as listed, before its content is read. */
export interface Listed {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** Files of which some are to be read: `entries` are all of them, `wanted` those that are not too large. */
export interface FileBatch<Entry extends Listed> {
  readonly entries: Entry[];
  readonly wanted: Entry[];
}

/** Cuts a list so that one batch never holds much, and other readers of a repository have their turn between two. */
export function* fileBatches<Entry extends Listed>(
  entries: readonly Entry[],
  largest: number,
  atOnce: { bytes: number; files: number },
): Generator<FileBatch<Entry>> {
  const limit = Math.min(largest, MAX_FILE_BYTES);
  let batch: FileBatch<Entry> = { entries: [], wanted: [] };
  let bytes = 0;
  for (const entry of entries) {
    const isWanted = entry.size <= limit;
    const more = isWanted ? entry.size : 0;
    if (batch.entries.length >= atOnce.files || (batch.entries.length > 0 && bytes + more > atOnce.bytes)) {
      yield batch;
      batch = { entries: [], wanted: [] };
      bytes = 0;
    }
    batch.entries.push(entry);
    if (isWanted) batch.wanted.push(entry);
    bytes += more;
  }
  if (batch.entries.length > 0) yield batch;
}
