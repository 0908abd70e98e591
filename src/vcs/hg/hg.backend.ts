import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { refNotFound, requireFullId } from '../names.js';
import type { RemoteCheck } from '../remote.js';
import { Tool } from '../tool.js';
import {
  VcsError,
  type Changeset,
  type LocalSource,
  type OperationOptions,
  type Refs,
  type RefType,
  type RemoteSource,
  type ToolVersion,
  type VcsBackend,
} from '../vcs.js';
import { HgCommand } from './hg-command.js';
import { HgHistory } from './hg-history.js';
import { HgTransfer } from './hg-transfer.js';

const HG = {
  program: 'hg',
  title: 'Mercurial',
  minimum: [6, 1],
  missing: 'Mercurial is not installed on the server; pass repo_type:git or install it',
} as const;
const LISTS = { branch: 'branches', tag: 'tags', book: 'bookmarks' } as const;

export class HgBackend implements VcsBackend {
  readonly type = 'hg';
  private readonly hg: HgCommand;
  private readonly history: HgHistory;
  private readonly transfer: HgTransfer;

  constructor(remotes: RemoteCheck, searchPath?: string) {
    this.hg = new HgCommand(new Tool(HG, searchPath));
    this.history = new HgHistory(this.hg);
    this.transfer = new HgTransfer(this.hg, remotes);
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

  async pull(path: string, source: RemoteSource | LocalSource, options?: OperationOptions): Promise<void> {
    await this.checkLocal(source);
    await this.transfer.pull(path, source, options);
  }

  async isRepository(path: string): Promise<boolean> {
    const inner = await stat(join(path, '.hg')).catch(() => null);
    if (inner === null || !inner.isDirectory()) return false;
    const { code } = await this.hg.run(path, ['-R', path, 'log', '-r', 'null', '-T', '']);
    return code === 0;
  }

  refs(path: string, options?: OperationOptions): Promise<Refs> {
    return this.history.refs(path, options);
  }

  lastChangeset(path: string, options?: OperationOptions): Promise<Changeset | null> {
    return this.history.last(path, options);
  }

  resolve(path: string, revision: string, options?: OperationOptions): Promise<string> {
    return this.history.resolve(path, revision, options);
  }

  async resolveRef(path: string, type: RefType, name: string, options?: OperationOptions): Promise<string> {
    if (type === 'rev') return this.resolve(path, name, options);
    const id = (await this.history.names(path, LISTS[type], options))[name];
    if (id === undefined) throw refNotFound(type === 'book' ? 'bookmark' : type, name);
    return id;
  }

  changesets(path: string, rawIds: readonly string[], options?: OperationOptions): Promise<Changeset[]> {
    return this.history.changesets(path, rawIds, options);
  }

  compare(...args: Parameters<VcsBackend['compare']>): ReturnType<VcsBackend['compare']> {
    return this.history.compare(...args);
  }

  /** Mercurial forgets no changeset; it only must be there. */
  async keepPullRequest(path: string, _id: number, rawId: string, options?: OperationOptions): Promise<void> {
    await this.history.resolve(path, requireFullId(rawId), options);
  }

  release(path: string): Promise<void> {
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
