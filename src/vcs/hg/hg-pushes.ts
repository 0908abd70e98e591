import { join } from 'node:path';
import { access } from 'node:fs/promises';
import { requireFullId } from '../names.js';
import type { ArrivedCommit, Gain, GainQuery, Pending, RefValue } from '../ref-changes.js';
import { VcsError, type OperationOptions } from '../vcs.js';
import { succeeded, type HgCommand } from './hg-command.js';
import type { HgResult } from './command-server.js';
import { listed } from './hg-files.js';
import type { HgHistory } from './hg-history.js';
import { SPARSE } from './hg-merge.js';
import { changesetsOf } from './hg-records.js';
import { onBranch } from './revset.js';

const TEMPLATE = 'json(node,rev,desc,user,date,branch,parents,added,modified,removed)';
const NO_FILES = { added: [], changed: [], removed: [] };
/** Other heads that one revset takes away from a new ref; more of them change nothing that matters. */
const OTHERS_AT_ONCE = 200;

/** What pushes bring: the refs as they are, and the changesets between two values of one. */
export class HgPushes {
  constructor(
    private readonly hg: HgCommand,
    private readonly history: HgHistory,
  ) {}

  async refs(path: string, options?: OperationOptions): Promise<RefValue[]> {
    const { branches, tags, bookmarks } = await this.history.refs(path, options);
    const values = (kind: RefValue['kind'], ids: Record<string, string>) =>
      Object.entries(ids).map(([name, id]) => ({ kind, name, id }));
    const real = values('tag', tags).filter(({ name }) => name !== 'tip');
    return [...values('branch', branches), ...real, ...values('bookmark', bookmarks)];
  }

  async has(path: string, rawId: string, options?: OperationOptions): Promise<boolean> {
    try {
      await this.history.resolve(path, rawId, options);
      return true;
    } catch (error) {
      if (error instanceof VcsError && /^(REVISION_NOT_FOUND|EMPTY_REPOSITORY)$/.test(error.code))
        return false;
      throw error;
    }
  }

  /** Waits for the lock, which a living program holds, and undoes what a killed one had begun. */
  async undoAbandoned(path: string, options?: OperationOptions): Promise<void> {
    const isAbandoned = await access(join(path, '.hg', 'store', 'journal')).then(
      () => true,
      () => false,
    );
    if (!isAbandoned) return;
    const result = await this.hg.runAlone(['-R', path, 'recover'], options);
    // 1: another one was quicker
    if (result.code !== 1) succeeded(result);
  }

  async gain(path: string, query: GainQuery, options?: OperationOptions): Promise<Gain> {
    const { change, limit, pending = null } = query;
    if (change.to === null) return { isForward: true, count: 0, ids: [] };
    return this.session(path, pending, options, async (run) => {
      const ids = async (revset: string) => {
        const { stdout } = succeeded(await run(['-R', path, 'log', '-T', '{node}\n', '-r', revset]));
        return stdout.split('\n').filter((line) => line !== '');
      };
      const revset = gainedBy(query);
      const newest = await ids(`limit(reverse(sort(${revset}, rev)), ${limit})`);
      const isFull = newest.length === limit;
      const count = isFull
        ? succeeded(await run(['-R', path, 'log', '-T', '.', '-r', revset])).stdout.length
        : newest.length;
      const isForward = change.from === null || (await ids(`${change.from} and ::${change.to}`)).length > 0;
      return { isForward, count, ids: newest.reverse() };
    });
  }

  async commits(
    path: string,
    rawIds: readonly string[],
    pending: Pending,
    options?: OperationOptions,
  ): Promise<ArrivedCommit[]> {
    if (rawIds.length === 0) return [];
    return this.session(path, pending, options, async (run) => {
      const revset = rawIds.map(requireFullId).join('+');
      const result = succeeded(await run(['-R', path, 'log', '-T', TEMPLATE, '-r', revset]));
      const records = JSON.parse(result.stdout) as Parameters<typeof listed>[0][];
      const commits = changesetsOf(records);
      return commits.map(({ revision: _revision, ...commit }, index) => {
        const record = records[index];
        return { ...commit, ...(record ? listed(record) : NO_FILES) };
      });
    });
  }

  /** What is not stored yet is seen only by a process that is told of it; it may lie in a merge's clone, which is sparse. */
  private session<T>(
    path: string,
    pending: Pending,
    options: OperationOptions | undefined,
    use: (run: (args: readonly string[]) => Promise<HgResult>) => Promise<T>,
  ): Promise<T> {
    if (pending === null) return use((args) => this.hg.run(path, args, options));
    return this.hg.session((run) => use((args) => run([...SPARSE, ...args])), {
      ...options,
      environment: { HG_PENDING: pending },
    });
  }
}

function gainedBy({ change, others, added }: GainQuery): string {
  const range = added && `${requireFullId(added.first)}:${requireFullId(added.last)}`;
  if (range && change.kind === 'branch') return `(${range}) and ${onBranch(change.name)}`;
  const to = requireFullId(change.to as string);
  const without = change.from === null ? others.slice(0, OTHERS_AT_ONCE) : [change.from];
  const gained = without.length === 0 ? `::${to}` : `only(${to}, ${without.map(requireFullId).join('+')})`;
  return range ? `(${range}) and ${gained}` : gained;
}
