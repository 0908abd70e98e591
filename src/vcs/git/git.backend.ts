import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isFullId, isGitRefName, refNotFound, requireFullId, revisionNotFound } from '../names.js';
import type { RemoteCheck } from '../remote.js';
import { Tool } from '../tool.js';
import type {
  Changeset,
  LocalSource,
  OperationOptions,
  Refs,
  RefType,
  RemoteSource,
  ToolVersion,
  VcsBackend,
} from '../vcs.js';
import { VcsError } from '../vcs.js';
import { GitCommand } from './git-command.js';
import { gitEnvironment } from './git-environment.js';
import { GitHistory } from './git-history.js';
import { branchRef, GitRefReader, tagRef } from './git-refs.js';
import { GitTransfer } from './git-transfer.js';
import { ObjectReader } from './object-reader.js';
import { ObjectReaderPool } from './object-reader-pool.js';

/** How users write "the newest commit". */
const TIP = new Set(['', 'tip', 'HEAD', 'head', '-1']);
const GIT = {
  program: 'git',
  title: 'git',
  minimum: [2, 38],
  missing: 'git is not installed on the server',
} as const;

export class GitBackend implements VcsBackend {
  readonly type = 'git';
  private readonly git: GitCommand;
  private readonly objects: ObjectReaderPool;
  private readonly refReader: GitRefReader;
  private readonly history: GitHistory;
  private readonly transfer: GitTransfer;

  constructor(remotes: RemoteCheck, searchPath?: string) {
    const tool = new Tool(GIT, searchPath);
    this.git = new GitCommand(tool);
    this.objects = new ObjectReaderPool(
      async (gitDir) => new ObjectReader(await tool.require(), gitEnvironment(tool.searchPath, { gitDir })),
    );
    this.refReader = new GitRefReader(this.git, this.objects);
    this.history = new GitHistory(this.git, this.objects, this.refReader);
    this.transfer = new GitTransfer(this.git, this.refReader, remotes);
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

  async pull(path: string, source: RemoteSource | LocalSource, options?: OperationOptions): Promise<void> {
    await this.checkLocal(source);
    await this.transfer.pull(path, source, options);
  }

  async isRepository(path: string): Promise<boolean> {
    const head = await stat(join(path, 'HEAD')).catch(() => null);
    if (head === null) return false;
    const { code, stdout } = await this.git.run(['rev-parse', '--show-object-format'], { gitDir: path });
    return code === 0 && stdout.toString('utf8').trim() === 'sha1';
  }

  async refs(path: string, options?: OperationOptions): Promise<Refs> {
    const { branches, tags, bookmarks } = await this.refReader.read(path, options);
    return { branches, tags, bookmarks };
  }

  lastChangeset(path: string, options?: OperationOptions): Promise<Changeset | null> {
    return this.history.last(path, options);
  }

  async resolve(path: string, revision: string, options: OperationOptions = {}): Promise<string> {
    if (TIP.has(revision)) return this.tip(path, options);
    if (isFullId(revision)) return this.commit(path, requireFullId(revision), options);
    if (isGitRefName(revision)) {
      const { branches, tags } = await this.refReader.read(path, options);
      const named = branches[revision] ?? tags[revision];
      if (named !== undefined) return named;
    }
    if (/^\d{1,11}$/.test(revision)) {
      const numbered = await this.history.at(path, Number(revision), options);
      if (numbered !== null) return numbered;
    }
    if (/^[0-9a-f]{4,40}$/i.test(revision)) return this.commit(path, revision.toLowerCase(), options);
    throw revisionNotFound(revision);
  }

  async resolveRef(path: string, type: RefType, name: string, options?: OperationOptions): Promise<string> {
    if (type === 'rev') return this.resolve(path, name, options);
    if (type === 'book' || !isGitRefName(name)) throw refNotFound(type, name);
    const full = type === 'branch' ? branchRef(name) : tagRef(name);
    const id = await this.refReader.find(path, full, options);
    if (id === null) throw refNotFound(type, name);
    return id;
  }

  changesets(path: string, rawIds: readonly string[], options?: OperationOptions): Promise<Changeset[]> {
    return this.history.changesets(path, rawIds, options);
  }

  compare(...args: Parameters<VcsBackend['compare']>): ReturnType<VcsBackend['compare']> {
    return this.history.compare(...args);
  }

  async keepPullRequest(
    path: string,
    id: number,
    rawId: string,
    options: OperationOptions = {},
  ): Promise<void> {
    if (!Number.isSafeInteger(id) || id < 0)
      throw new VcsError('INVALID_NAME', 'a pull request has a number');
    const commit = await this.commit(path, requireFullId(rawId), options);
    const call = { gitDir: path, signal: options.signal };
    await this.git.output(['update-ref', '--end-of-options', `refs/pull/${id}/head`, commit], call);
  }

  release(path: string): Promise<void> {
    return this.objects.release(path);
  }

  close(): Promise<void> {
    return this.objects.close();
  }

  private async tip(path: string, options: OperationOptions): Promise<string> {
    const { branches, headBranch } = await this.refReader.read(path, options);
    const id = headBranch === null ? undefined : branches[headBranch];
    if (id !== undefined) return id;
    const [head] = await this.objects.read(path, [{ command: 'info', object: 'HEAD^{commit}' }], options);
    if (head?.found === true) return head.id;
    throw new VcsError('EMPTY_REPOSITORY', 'the repository is empty');
  }

  /** Full id of a commit from hex digits, which may be abbreviated or name a tag of it. */
  private async commit(path: string, hex: string, options: OperationOptions): Promise<string> {
    const [answer] = await this.objects.read(path, [{ command: 'info', object: `${hex}^{commit}` }], options);
    if (answer?.found === true) return answer.id;
    throw revisionNotFound(hex, answer?.reason);
  }

  /** git itself would also take a bundle, a work tree or a path relative to it. */
  private async checkLocal(source: RemoteSource | LocalSource): Promise<void> {
    if ('path' in source && !(await this.isRepository(source.path))) {
      throw new VcsError('REPOSITORY_MISSING', 'the source is not a git repository');
    }
  }
}
