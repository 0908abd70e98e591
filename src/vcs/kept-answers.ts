import { LRUCache } from 'lru-cache';

/**
 * Answers that a repository gives for ever, because they are about ids: the least recently used go when there are too
 * many bytes of them. An answer is handed out as it is; nobody may change it.
 */
export class KeptAnswers<V extends object> {
  private readonly entries: LRUCache<string, V>;

  /** @param sizeOf roughly, in bytes */
  constructor(
    maxBytes: number,
    private readonly sizeOf: (answer: V) => number,
  ) {
    this.entries = new LRUCache({ maxSize: maxBytes });
  }

  get(path: string, question: string): V | undefined {
    return this.entries.get(`${path}\0${question}`);
  }

  set(path: string, question: string, answer: V): void {
    const key = `${path}\0${question}`;
    this.entries.set(key, answer, { size: 100 + key.length + this.sizeOf(answer) });
  }

  /** What is known of the repository and of those below the directory. */
  forget(directory: string): void {
    for (const key of this.entries.keys()) {
      if (key.startsWith(`${directory}\0`) || key.startsWith(`${directory}/`)) this.entries.delete(key);
    }
  }
}

/** Characters of texts, for {@link KeptAnswers}. */
export function lengthOf(...lists: (readonly string[])[]): number {
  let length = 0;
  for (const list of lists) for (const text of list) length += 16 + text.length;
  return length;
}
