import type { FileContent, FilePlace } from '../file-content.js';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { adoptHg } from '../adoption/hg-adoption.js';
import { refNotFound, requireFullId } from '../names.js';
import type { RemoteCheck } from '../remote.js';
import type { ArrivedCommit, Gain, GainQuery, Pending, RefValue } from '../ref-changes.js';
import { Tool } from '../tool.js';
import {
  VcsError,
  type Changeset,
  type Diff,
  type DiffOptions,
  type HistoryQuery,
  type LocalSource,
  type MergeRequest,
  type OperationOptions,
  type PreparedMerge,
  type PullOptions,
  type Refs,
  type RefType,
  type RemoteSource,
  type Side,
  type ToolVersion,
  type TouchedFiles,
  type Tree,
  type VcsBackend,
} from '../vcs.js';
import { HG_TOOL, HgCommand } from './hg-command.js';
import { HgDownloads } from './hg-downloads.js';
import { readHgFiles } from './hg-contents.js';
import { hgDiff, hgPatches } from './hg-diff.js';
import { HgFiles } from './hg-files.js';
import { HgHistory } from './hg-history.js';
import { HgLog } from './hg-log.js';
import { HgMerge } from './hg-merge.js';
import { HgPushes } from './hg-pushes.js';
import { HgTransfer } from './hg-transfer.js';

const LISTS = { branch: 'branches', tag: 'tags', book: 'bookmarks' } as const;

export class HgBackend implements VcsBackend {
  readonly type = 'hg';
  private readonly hg: HgCommand;
  private readonly commits: HgHistory;
  private readonly log: HgLog;
  private readonly files: HgFiles;
  private readonly downloads: HgDownloads;
  private readonly transfer: HgTransfer;
  private readonly merges: HgMerge;
  private readonly pushes: HgPushes;

  constructor(remotes: RemoteCheck, searchPath?: string) {
    this.hg = new HgCommand(new Tool(HG_TOOL, searchPath));
    this.commits = new HgHistory(this.hg);
    this.log = new HgLog(this.hg, this.commits);
    this.files = new HgFiles(this.hg);
    this.downloads = new HgDownloads(this.hg);
    this.transfer = new HgTransfer(this.hg, remotes);
    this.merges = new HgMerge(this.hg);
    this.pushes = new HgPushes(this.hg, this.commits);
  }

  version(): Promise<ToolVersion> {
    return this.hg.tool.version();
  }

  async create(path: string, options?: OperationOptions): Promise<void> {
    await this.transfer.create(path, options);
  }

  async clone(path: string, source: RemoteSource | LocalSource, options?: OperationOptions): Promise<void> {
    await this.checkLocal(source);
    await this.transfer.clone(path, source, options);
  }

  async pull(path: string, source: RemoteSource | LocalSource, options?: PullOptions): Promise<void> {
    await this.checkLocal(source);
    await this.transfer.pull(path, source, options);
  }

  async isRepository(path: string): Promise<boolean> {
    const inner = await stat(join(path, '.hg')).catch(() => null);
    if (inner === null || !inner.isDirectory()) return false;
    const { code } = await this.hg.run(path, ['-R', path, 'log', '-r', 'null', '-T', '']);
    return code === 0;
  }

  adopt(path: string, root: string): Promise<void> {
    return adoptHg(path, root);
  }

  refs(path: string, options?: OperationOptions): Promise<Refs> {
    return this.commits.refs(path, options);
  }

  closedBranches(path: string, options?: OperationOptions): Promise<Record<string, string>> {
    return this.commits.closedBranches(path, options);
  }

  lastChangeset(path: string, options?: OperationOptions): Promise<Changeset | null> {
    return this.commits.last(path, options);
  }

  resolve(path: string, revision: string, options?: OperationOptions): Promise<string> {
    return this.commits.resolve(path, revision, options);
  }

  async resolveRef(path: string, type: RefType, name: string, options?: OperationOptions): Promise<string> {
    if (type === 'rev') return this.resolve(path, name, options);
    const id = (await this.commits.names(path, LISTS[type], options))[name];
    if (id === undefined) throw refNotFound(type === 'book' ? 'bookmark' : type, name);
    return id;
  }

  changesets(path: string, rawIds: readonly string[], options?: OperationOptions): Promise<Changeset[]> {
    return this.commits.changesets(path, rawIds, options);
  }

  history(path: string, query: HistoryQuery, options?: OperationOptions): Promise<Changeset[]> {
    return this.log.select(path, query, options);
  }

  touchedFiles(path: string, rawIds: readonly string[], options?: OperationOptions): Promise<TouchedFiles[]> {
    return this.files.touched(path, rawIds, options);
  }

  tree(path: string, rawId: string, directory: string, options?: OperationOptions): Promise<Tree> {
    return this.files.tree(path, rawId, directory, options);
  }

  file(path: string, rawId: string, filePath: string, options?: OperationOptions): Promise<Buffer> {
    return this.files.content(path, rawId, filePath, options);
  }

  fileEntry(...args: Parameters<VcsBackend['fileEntry']>): ReturnType<VcsBackend['fileEntry']> {
    return this.files.entry(...args);
  }

  openFile(...args: Parameters<VcsBackend['openFile']>): ReturnType<VcsBackend['openFile']> {
    return this.files.open(...args);
  }

  openArchive(...args: Parameters<VcsBackend['openArchive']>): ReturnType<VcsBackend['openArchive']> {
    return this.downloads.archive(...args);
  }

  openDiff(...args: Parameters<VcsBackend['openDiff']>): ReturnType<VcsBackend['openDiff']> {
    return this.downloads.diff(...args);
  }

  openPatch(...args: Parameters<VcsBackend['openPatch']>): ReturnType<VcsBackend['openPatch']> {
    return this.downloads.patch(...args);
  }

  readFiles(
    path: string,
    place: FilePlace,
    visit: (file: FileContent) => void,
    options?: OperationOptions,
  ): Promise<void> {
    return readHgFiles(this.hg, path, place, visit, options);
  }

  compare(...args: Parameters<VcsBackend['compare']>): ReturnType<VcsBackend['compare']> {
    return this.commits.compare(...args);
  }

  /** Mercurial forgets no changeset; it only must be there. */
  async keepPullRequest(path: string, _id: number, rawId: string, options?: OperationOptions): Promise<void> {
    await this.commits.resolve(path, requireFullId(rawId), options);
  }

  /** Nothing was kept. */
  async dropPullRequest(): Promise<void> {}

  diff(path: string, from: string, to: string, options?: DiffOptions): Promise<Diff> {
    return hgDiff(this.hg, path, from, to, options);
  }

  patches(path: string, rawIds: readonly string[], options?: DiffOptions): Promise<Diff[]> {
    return hgPatches(this.hg, path, rawIds, options);
  }

  mergeConflicts(target: Side, source: Side, options?: OperationOptions): Promise<string[]> {
    return this.merges.conflicts(target, source, options);
  }

  merge<T>(
    request: MergeRequest,
    use: (prepared: PreparedMerge) => Promise<T>,
    options?: OperationOptions,
  ): Promise<T> {
    return this.merges.merge(request, use, options);
  }

  mergedBy(path: string, rawId: string, head: string, options?: OperationOptions): Promise<string> {
    return this.merges.mergedBy(path, rawId, head, options);
  }

  refValues(path: string, options?: OperationOptions): Promise<RefValue[]> {
    return this.pushes.refs(path, options);
  }

  async isAtRest(path: string, options?: OperationOptions): Promise<boolean> {
    await this.pushes.undoAbandoned(path, options);
    return true;
  }

  hasChangeset(path: string, rawId: string, options?: OperationOptions): Promise<boolean> {
    return this.pushes.has(path, rawId, options);
  }

  /** Every ref names a changeset. */
  async namedCommits(_path: string, ids: readonly string[]) {
    return [...ids];
  }

  gain(path: string, query: GainQuery, options?: OperationOptions): Promise<Gain> {
    return this.pushes.gain(path, query, options);
  }

  arrivedCommits(
    path: string,
    rawIds: readonly string[],
    pending: Pending,
    options?: OperationOptions,
  ): Promise<ArrivedCommit[]> {
    return this.pushes.commits(path, rawIds, pending, options);
  }

  /** Mercurial keeps its indexes up to date by itself. */
  async optimize(): Promise<void> {}

  /** Mercurial needs none. */
  async mendHead(): Promise<void> {}

  release(path: string): Promise<void> {
    this.commits.forget(path);
    this.files.forget(path);
    return this.hg.release(path);
  }

  close(): Promise<void> {
    return this.hg.close();
  }

  private async checkLocal(source: RemoteSource | LocalSource): Promise<void> {
    if ('path' in source && !(await this.isRepository(source.path))) {
      throw new VcsError('REPOSITORY_MISSING', 'the source is not a Mercurial repository');
    }
  }
}
