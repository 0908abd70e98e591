import { emptyRepository, refNotFound, startAfterEnd } from '../names.js';
import { VcsError, type Changeset, type HistoryQuery, type OperationOptions } from '../vcs.js';
import { succeeded, type HgCommand } from './hg-command.js';
import type { HgHistory } from './hg-history.js';
import { changesetsOf } from './hg-records.js';
import { onBranch } from './revset.js';

/** What one command answers; another user of the command server has his turn between them. */
const CHANGESETS_AT_ONCE = 2_000;
/** Mercurial knows no time outside of 32 bits. */
const TIMES = { earliest: -(2 ** 31), latest: 2 ** 31 - 1 };

/** Chooses changesets by one revset, which Mercurial evaluates no further than it must. */
export class HgLog {
  constructor(
    private readonly hg: HgCommand,
    private readonly history: HgHistory,
    private readonly atOnce = CHANGESETS_AT_ONCE,
  ) {}

  async select(path: string, query: HistoryQuery, options?: OperationOptions): Promise<Changeset[]> {
    const isEmpty = async () => (await this.history.last(path, options)) === null;
    try {
      const chosen = await this.choose(path, query, options);
      if (chosen.length > 0 || !(await isEmpty())) return chosen;
    } catch (error) {
      const isMissing = error instanceof VcsError && /^(REF|REVISION)_NOT_FOUND$/.test(error.code);
      if (!isMissing || !(await isEmpty())) throw error;
    }
    throw emptyRepository();
  }

  private async choose(path: string, query: HistoryQuery, options?: OperationOptions): Promise<Changeset[]> {
    const ordered = inOrder(await this.selection(path, query, options), query);
    const wanted = query.limit ?? Infinity;
    const chosen: Changeset[] = [];
    let after =
      query.after === undefined ? null : (await this.history.find(path, query.after, options)).revision;
    for (;;) {
      const count = Math.min(this.atOnce, wanted - chosen.length);
      // A range that starts behind the last revision would be an error; taking one away is none.
      const passed = after === null ? 'none()' : query.reverse === true ? `${after}:` : `:${after}`;
      const some = await this.log(path, `limit((${ordered}) - (${passed}), ${count})`, query, options);
      for (const changeset of some) chosen.push(changeset);
      after = some.at(-1)?.revision ?? after;
      if (some.length < count || chosen.length >= wanted) return chosen;
    }
  }

  private async selection(path: string, query: HistoryQuery, options?: OperationOptions): Promise<string> {
    const { start, end, branch, since, until } = query;
    const first = start === undefined ? null : (await this.history.find(path, start, options)).revision;
    const last = end === undefined ? null : (await this.history.find(path, end, options)).revision;
    if (first !== null && last !== null && first > last) throw startAfterEnd(start ?? '', end ?? '');
    const parts = [`${first ?? 0}:${last ?? 'tip'}`];
    if (branch !== undefined) parts.push(onBranch(branch));
    if (since !== undefined) parts.push(since > TIMES.latest ? 'none()' : date('>', since));
    if (until !== undefined) parts.push(until < TIMES.earliest ? 'none()' : date('<', until));
    return parts.map((part) => `(${part})`).join(' and ');
  }

  private async log(
    path: string,
    revset: string,
    { branch }: HistoryQuery,
    options?: OperationOptions,
  ): Promise<Changeset[]> {
    const result = await this.hg.run(path, ['-R', path, 'log', '-T', 'json', '-r', revset], options);
    if (branch !== undefined && /^abort: branch .* does not exist/m.test(result.stderr)) {
      throw refNotFound('branch', branch);
    }
    return changesetsOf(JSON.parse(succeeded(result).stdout));
  }
}

/** Both bounds belong to it. */
function date(comparison: '<' | '>', time: number): string {
  const known = Math.min(Math.max(time, TIMES.earliest), TIMES.latest);
  return `date("${comparison}${known} 0")`;
}

function inOrder(selection: string, { newest, reverse }: HistoryQuery): string {
  const descending =
    newest === undefined ? `reverse(${selection})` : `limit(reverse(${selection}), ${newest})`;
  if (reverse === true) return descending;
  return newest === undefined ? selection : `sort(${descending}, rev)`;
}
