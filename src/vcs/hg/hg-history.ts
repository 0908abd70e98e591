import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyRepository, requireFullId, revisionNotFound } from '../names.js';
import { VcsError, type Changeset, type Comparison, type OperationOptions, type Refs } from '../vcs.js';
import type { HgCommand } from './hg-command.js';
import { changesetsOf, namesOf } from './hg-records.js';
import { KeptJson } from './kept-json.js';
import { symbol } from './revset.js';

interface Side {
  path: string;
  rawId: string;
}

/** Ids in one revset; Mercurial reads a plain list of them without looking at the whole history. */
const IDS_AT_ONCE = 500;
const TIP = new Set(['', 'tip', 'HEAD', 'head', '-1']);

/** What a repository contains. */
export class HgHistory {
  private readonly answers: KeptJson;

  constructor(private readonly hg: HgCommand) {
    this.answers = new KeptJson(hg);
  }

  async refs(path: string, options?: OperationOptions): Promise<Refs> {
    return {
      branches: await this.names(path, 'branches', options),
      tags: await this.names(path, 'tags', options),
      bookmarks: await this.names(path, 'bookmarks', options),
    };
  }

  async closedBranches(path: string, options?: OperationOptions): Promise<Record<string, string>> {
    const branches = await this.answers.get(path, ['branches', '--closed'], options);
    return namesOf((branches as { closed?: boolean }[]).filter(({ closed }) => closed));
  }

  async names(
    path: string,
    kind: 'branches' | 'tags' | 'bookmarks',
    options?: OperationOptions,
  ): Promise<Record<string, string>> {
    return namesOf(await this.answers.get(path, [kind], options));
  }

  async last(path: string, options?: OperationOptions): Promise<Changeset | null> {
    return changesetsOf(await this.answers.get(path, ['log', '-r', 'tip'], options))[0] ?? null;
  }

  async resolve(path: string, revision: string, options?: OperationOptions): Promise<string> {
    return (await this.find(path, revision, options)).rawId;
  }

  /** @throws VcsError REVISION_NOT_FOUND, EMPTY_REPOSITORY */
  async find(path: string, revision: string, options?: OperationOptions): Promise<Changeset> {
    if (TIP.has(revision)) {
      const last = await this.last(path, options);
      if (last !== null) return last;
      throw emptyRepository();
    }
    const [found] = await this.log(path, symbol(revision), revision, options);
    if (found === undefined || /^f+$/.test(found.rawId)) throw revisionNotFound(revision);
    return found;
  }

  async changesets(
    path: string,
    rawIds: readonly string[],
    options?: OperationOptions,
  ): Promise<Changeset[]> {
    const ids = [...new Set(rawIds.map(requireFullId))];
    const found = new Map<string, Changeset>();
    for (let start = 0; start < ids.length; start += IDS_AT_ONCE) {
      const some = ids.slice(start, start + IDS_AT_ONCE);
      for (const one of await this.log(path, some.join('+'), null, options)) found.set(one.rawId, one);
    }
    return rawIds.map((id) => {
      const changeset = found.get(id);
      if (changeset === undefined) throw revisionNotFound(id);
      return changeset;
    });
  }

  forget(directory: string): void {
    this.answers.forget(directory);
  }

  /** Two repositories are read as one through Mercurial's `union:`, which writes nothing. */
  async compare(source: Side, target: Side, options?: OperationOptions): Promise<Comparison> {
    const [from, onto] = [requireFullId(source.rawId), requireFullId(target.rawId)];
    if (source.path === target.path) return this.compareIn(source.path, [source.path], from, onto, options);
    // `union:` cuts its argument at the first `+`, so the two stand behind links of our own.
    const links = await mkdtemp(join(tmpdir(), 'forgegate-union-'));
    try {
      await symlink(source.path, join(links, 'source'));
      await symlink(target.path, join(links, 'target'));
      const union = `union:${join(links, 'source')}+${join(links, 'target')}`;
      return await this.compareIn(union, [source.path, target.path], from, onto, options);
    } finally {
      await rm(links, { recursive: true });
    }
  }

  private async compareIn(
    repository: string,
    directories: readonly string[],
    from: string,
    onto: string,
    options?: OperationOptions,
  ): Promise<Comparison> {
    const ids = async (revset: string) => {
      const json = await this.hg.json(repository, ['log', '-r', revset], options, directories);
      return changesetsOf(json).map(({ rawId }) => rawId);
    };
    const revisions = await ids(`sort(only(${from}, ${onto}), rev)`);
    const [ancestor] = await ids(`ancestor(${from}, ${onto})`);
    return { ancestor: ancestor ?? null, revisions };
  }

  private async log(path: string, revset: string, shown: string | null, options?: OperationOptions) {
    try {
      return changesetsOf(await this.answers.get(path, ['log', '-r', revset], options));
    } catch (error) {
      if (shown !== null && error instanceof VcsError && error.code === 'REVISION_NOT_FOUND') {
        throw revisionNotFound(shown, error.detail);
      }
      throw error;
    }
  }
}
