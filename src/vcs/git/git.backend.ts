import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GitAdoption } from '../adoption/git-adoption.js';
import type { FileContent, FilePlace } from '../file-content.js';
import { requireFullId } from '../names.js';
import type { RemoteCheck } from '../remote.js';
import type { ArrivedCommit, Gain, GainQuery, Pending, RefValue } from '../ref-changes.js';
import { Tool } from '../tool.js';
import type {
  Changeset,
  Diff,
  DiffOptions,
  HistoryQuery,
  LocalSource,
  MergeRequest,
  OperationOptions,
  PreparedMerge,
  PullOptions,
  Refs,
  RefType,
  RemoteSource,
  Side,
  ToolVersion,
  TouchedFiles,
  Tree,
  VcsBackend,
} from '../vcs.js';
import { VcsError } from '../vcs.js';
import { MANY_COMMITS, writeCommitGraph } from './commit-graph.js';
import { CommitOrders } from './commit-orders.js';
import { GIT_TOOL, GitCommand } from './git-command.js';
import { readGitFiles } from './git-contents.js';
import { gitDiff, gitPatches } from './git-diff.js';
import { gitEnvironment } from './git-environment.js';
import { GitDownloads } from './git-downloads.js';
import { GitFiles } from './git-files.js';
import { GitHistory } from './git-history.js';
import { GitLog } from './git-log.js';
import { GitMerge } from './git-merge.js';
import { GitPushes } from './git-pushes.js';
import { GitRefReader } from './git-refs.js';
import { GitRevisions } from './git-revisions.js';
import { GitTransfer } from './git-transfer.js';
import { ObjectReader } from './object-reader.js';
import { ObjectReaderPool } from './object-reader-pool.js';
import type { StaleLocks } from './stale-locks.js';

export class GitBackend implements VcsBackend {
  readonly type = 'git';
  private readonly git: GitCommand;
  private readonly objects: ObjectReaderPool;
  private readonly refReader: GitRefReader;
  private readonly orders: CommitOrders;
  private readonly revisions: GitRevisions;
  private readonly commits: GitHistory;
  private readonly log: GitLog;
  private readonly files: GitFiles;
  private readonly downloads: GitDownloads;
  private readonly transfer: GitTransfer;
  private readonly merges: GitMerge;
  private readonly pushes: GitPushes;
  private readonly adoption: GitAdoption;

  constructor(remotes: RemoteCheck, searchPath?: string, locks?: StaleLocks) {
    const tool = new Tool(GIT_TOOL, searchPath);
    this.git = new GitCommand(tool, locks);
    this.objects = new ObjectReaderPool(
      async (gitDir) => new ObjectReader(await tool.require(), gitEnvironment(tool.searchPath, { gitDir })),
    );
    this.refReader = new GitRefReader(this.git, this.objects);
    this.orders = new CommitOrders(this.git);
    this.revisions = new GitRevisions(this.objects, this.refReader, this.orders);
    this.commits = new GitHistory(this.git, this.objects, this.refReader, this.orders);
    this.log = new GitLog(this.git, this.refReader, this.orders, this.revisions, this.commits);
    this.files = new GitFiles(this.git, this.objects);
    this.downloads = new GitDownloads(this.git);
    this.transfer = new GitTransfer(this.git, this.refReader, remotes);
    this.merges = new GitMerge(this.git);
    this.pushes = new GitPushes(this.git);
    this.adoption = new GitAdoption(this.git);
  }

  version(): Promise<ToolVersion> {
    return this.git.tool.version();
  }

  create(path: string, options?: OperationOptions): Promise<void> {
    return this.transfer.create(path, options);
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
    const head = await stat(join(path, 'HEAD')).catch(() => null);
    if (head === null) return false;
    const { code, stdout } = await this.git.run(['rev-parse', '--show-object-format'], { gitDir: path });
    return code === 0 && stdout.toString('utf8').trim() === 'sha1';
  }

  adopt(path: string, root: string, options?: OperationOptions): Promise<void> {
    return this.adoption.adopt(path, root, options);
  }

  async refs(path: string, options?: OperationOptions): Promise<Refs> {
    const { branches, tags, bookmarks } = await this.refReader.read(path, options);
    return { branches, tags, bookmarks };
  }

  async closedBranches(): Promise<Record<string, string>> {
    return {};
  }

  lastChangeset(path: string, options?: OperationOptions): Promise<Changeset | null> {
    return this.commits.last(path, options);
  }

  resolve(path: string, revision: string, options?: OperationOptions): Promise<string> {
    return this.revisions.resolve(path, revision, options);
  }

  async resolveRef(path: string, type: RefType, name: string, options?: OperationOptions): Promise<string> {
    if (type === 'rev') return this.revisions.resolve(path, name, options);
    return this.revisions.resolveRef(path, type, name, options);
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
    return readGitFiles({ git: this.git, objects: this.objects }, path, place, visit, options);
  }

  compare(...args: Parameters<VcsBackend['compare']>): ReturnType<VcsBackend['compare']> {
    return this.commits.compare(...args);
  }

  async keepPullRequest(
    path: string,
    id: number,
    rawId: string,
    options: OperationOptions = {},
  ): Promise<void> {
    if (!Number.isSafeInteger(id) || id < 0)
      throw new VcsError('INVALID_NAME', 'a pull request has a number');
    const commit = await this.revisions.commit(path, requireFullId(rawId), options);
    const call = { gitDir: path, signal: options.signal };
    const head = `refs/pull/${id}/head`;
    const past = await this.refReader.find(path, head, options);
    const updates = [`update ${head} ${commit}`];
    if (past !== null && past !== commit) updates.push(`update refs/pull/${id}/past/${past} ${past}`);
    await this.git.output(['update-ref', '--stdin'], { ...call, input: `${updates.join('\n')}\n` });
  }

  async dropPullRequest(path: string, id: number, { signal }: OperationOptions = {}): Promise<void> {
    const call = { gitDir: path, signal };
    const list = ['for-each-ref', '--format=delete %(refname)', '--end-of-options', `refs/pull/${id}/`];
    await this.git.output(['update-ref', '--stdin'], { ...call, input: await this.git.output(list, call) });
  }

  diff(path: string, from: string, to: string, options?: DiffOptions): Promise<Diff> {
    return gitDiff(this.git, path, from, to, options);
  }

  patches(path: string, rawIds: readonly string[], options?: DiffOptions): Promise<Diff[]> {
    return gitPatches(this.git, path, rawIds, options);
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

  async isAtRest(path: string): Promise<boolean> {
    return !(await this.pushes.isChanging(path));
  }

  async hasChangeset(path: string, rawId: string, options?: OperationOptions): Promise<boolean> {
    const [found] = await this.objects.read(path, [{ command: 'info', object: rawId }], options);
    return found?.found === true;
  }

  async namedCommits(path: string, ids: readonly string[], options?: OperationOptions) {
    const requests = ids.map((id) => ({ command: 'info', object: `${id}^{commit}` }) as const);
    const answers = await this.objects.read(path, requests, options);
    return answers.map((answer) => (answer.found ? answer.id : null));
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

  async optimize(path: string, options?: OperationOptions): Promise<void> {
    const refs = await this.refReader.read(path, options);
    const { count } = await this.orders.of(path, refs, options);
    if (count >= MANY_COMMITS) await writeCommitGraph(this.git, path, options);
  }

  async mendHead(path: string): Promise<void> {
    const { code } = await this.git.run(['rev-parse', '--verify', '--quiet', 'HEAD'], { gitDir: path });
    if (code !== 0) await this.transfer.mendHead(path, null, {});
  }

  release(path: string): Promise<void> {
    for (const kept of [this.refReader, this.orders, this.commits, this.files]) kept.forget(path);
    return this.objects.release(path);
  }

  close(): Promise<void> {
    return this.objects.close();
  }

  /** git itself would also take a bundle, a work tree or a path relative to it. */
  private async checkLocal(source: RemoteSource | LocalSource): Promise<void> {
    if ('path' in source && !(await this.isRepository(source.path))) {
      throw new VcsError('REPOSITORY_MISSING', 'the source is not a git repository');
    }
  }
}
