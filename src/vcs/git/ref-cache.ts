import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { diskState } from '../disk-state.js';
import { KeptAnswers, lengthOf } from '../kept-answers.js';
import type { GitRefs } from './git-refs.js';

const KEPT_BYTES = 32 * 1024 * 1024;
/** With more of them looking at each costs more than asking git. */
const MAX_DIRECTORIES = 200;

interface KeptRefs {
  /** All that git writes to when a ref changes. */
  watched: readonly string[];
  state: string;
  refs: GitRefs;
}

/** Refs as they were read, as long as what git keeps them in has not changed: some stats instead of a process. */
export class RefCache {
  private readonly kept = new KeptAnswers<KeptRefs>(KEPT_BYTES, ({ watched, state, refs }) =>
    lengthOf(
      watched,
      [state],
      refs.heads,
      ...[refs.branches, refs.tags].flatMap((names) => [Object.keys(names), Object.values(names)]),
    ),
  );

  async get(path: string, read: () => Promise<GitRefs>): Promise<GitRefs> {
    const known = this.kept.get(path, '');
    if (known !== undefined && (await diskState(known.watched)) === known.state) return known.refs;
    const watched = await watchedBy(path);
    const state = watched && (await diskState(watched));
    const refs = await read();
    // Whatever happened while git was reading shows now.
    if (watched && state && (await diskState(watched)) === state)
      this.kept.set(path, '', { watched, state, refs });
    return refs;
  }

  forget(directory: string): void {
    this.kept.forget(directory);
  }
}

/** @returns null when there are too many directories */
async function watchedBy(path: string): Promise<string[] | null> {
  const directories = [join(path, 'refs')];
  for (let next = 0; next < directories.length; next += 1) {
    const directory = directories[next] ?? '';
    const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) if (entry.isDirectory()) directories.push(join(directory, entry.name));
    if (directories.length > MAX_DIRECTORIES) return null;
  }
  return [...['HEAD', 'packed-refs', 'reftable', 'config'].map((name) => join(path, name)), ...directories];
}
