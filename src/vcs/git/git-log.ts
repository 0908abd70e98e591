import { emptyRepository, refNotFound, revisionNotFound, startAfterEnd } from '../names.js';
import type { Changeset, HistoryQuery, OperationOptions } from '../vcs.js';
import type { CommitOrder } from './commit-order.js';
import type { CommitOrders } from './commit-orders.js';
import type { GitCommand } from './git-command.js';
import type { GitHistory } from './git-history.js';
import type { GitRefReader, GitRefs } from './git-refs.js';
import type { GitRevisions } from './git-revisions.js';

/** Chooses commits of the whole history by their numbers; which ones these are is decided in memory. */
export class GitLog {
  constructor(
    private readonly git: GitCommand,
    private readonly refs: GitRefReader,
    private readonly orders: CommitOrders,
    private readonly revisions: GitRevisions,
    private readonly commits: GitHistory,
  ) {}

  async select(path: string, query: HistoryQuery, options: OperationOptions = {}): Promise<Changeset[]> {
    const refs = await this.refs.read(path, options);
    const order = await this.orders.of(path, refs, options);
    if (order.count === 0) throw emptyRepository();
    const numberOf = async (revision: string) => {
      const number = order.revisionOf(await this.revisions.resolve(path, revision, options, refs));
      if (number < 0) throw revisionNotFound(revision);
      return number;
    };
    const first = query.start === undefined ? 0 : await numberOf(query.start);
    const last = query.end === undefined ? order.count - 1 : await numberOf(query.end);
    if (first > last) throw startAfterEnd(query.start ?? '', query.end ?? '');
    const isReachable = await this.reachableFrom(path, query.branch, refs, order, options);
    const numbers = newestFirst(order, first, last, query, isReachable);
    if (query.reverse !== true) numbers.reverse();
    const page = await cutPage(numbers, query, numberOf);
    const ids = page.map((number) => order.idAt(number) ?? '');
    return this.commits.describe(path, ids, refs, options);
  }

  private async reachableFrom(
    path: string,
    branch: string | undefined,
    refs: GitRefs,
    order: CommitOrder,
    { signal }: OperationOptions,
  ): Promise<(number: number) => boolean> {
    if (branch === undefined) return () => true;
    const head = refs.branches[branch];
    if (head === undefined) throw refNotFound('branch', branch);
    const reachable = new Uint8Array(order.count);
    let rest = '';
    const onOutput = (chunk: Buffer) => {
      const lines = (rest + chunk.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      for (const id of lines) reachable[order.revisionOf(id)] = 1;
    };
    await this.git.output(['rev-list', '--end-of-options', head], { gitDir: path, signal, onOutput });
    return (number) => reachable[number] === 1;
  }
}

function newestFirst(
  order: CommitOrder,
  first: number,
  last: number,
  { since = -Infinity, until = Infinity, newest = Infinity }: HistoryQuery,
  isReachable: (number: number) => boolean,
): number[] {
  const numbers: number[] = [];
  for (let number = last; number >= first && numbers.length < newest; number -= 1) {
    const date = order.dateAt(number);
    if (date >= since && date <= until && isReachable(number)) numbers.push(number);
  }
  return numbers;
}

async function cutPage(
  numbers: number[],
  { after, limit, reverse }: HistoryQuery,
  numberOf: (revision: string) => Promise<number>,
): Promise<number[]> {
  if (after === undefined) return numbers.slice(0, limit);
  const place = await numberOf(after);
  const rest = numbers.filter((number) => (reverse === true ? number < place : number > place));
  return rest.slice(0, limit);
}
