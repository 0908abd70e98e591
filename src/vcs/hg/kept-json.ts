import { join } from 'node:path';
import { diskState } from '../disk-state.js';
import { KeptAnswers } from '../kept-answers.js';
import type { OperationOptions } from '../vcs.js';
import type { HgCommand } from './hg-command.js';

const KEPT_BYTES = 32 * 1024 * 1024;
/** Longer answers are about many changesets, and nobody asks for the same ones again. */
const LONGEST = 64 * 1024;
/** All that Mercurial writes to when changesets, names, phases or what is hidden change. */
const WATCHED = [
  'store/00changelog.i',
  'store/phaseroots',
  'store/obsstore',
  'store/bookmarks',
  'bookmarks',
  'localtags',
].map((file) => join('.hg', file));

/** Answers of commands that depend on the repository alone, as long as it is what it was: some stats, not 2 to 6 ms. */
export class KeptJson {
  private readonly kept = new KeptAnswers<{ state: string; length: number; answer: unknown }>(
    KEPT_BYTES,
    ({ length }) => 2 * length,
  );

  constructor(private readonly hg: HgCommand) {}

  /** As {@link HgCommand.json}; nobody may change what it gives. */
  async get(path: string, args: readonly string[], options?: OperationOptions): Promise<unknown> {
    const question = args.join('\0');
    const watched = WATCHED.map((file) => join(path, file));
    const state = await diskState(watched);
    const known = state === null ? undefined : this.kept.get(path, question);
    if (known !== undefined && known.state === state) return known.answer;
    const text = await this.hg.jsonText(path, args, options);
    const answer: unknown = JSON.parse(text);
    // Whatever happened while Mercurial was reading shows now.
    if (state !== null && text.length <= LONGEST && (await diskState(watched)) === state)
      this.kept.set(path, question, { state, length: text.length, answer });
    return answer;
  }

  forget(directory: string): void {
    this.kept.forget(directory);
  }
}
