import type { Pending, PushReading } from './ref-changes.js';
import type { Receiving } from './receiving.js';

/** The one interface behind which git and Mercurial stand. It knows directories and revisions, no users and no names. */
import type { VcsDownloads } from './downloads.js';

import type { FileContent, FilePlace } from './file-content.js';

export type RepoType = 'git' | 'hg';
export type RefType = 'branch' | 'tag' | 'book' | 'rev';

/** Author line as stored; `date` is the commit time (git: committer) in unix seconds. */
export interface Changeset {
  /** 40 hex digits. */
  rawId: string;
  /** hg: local revision number. git: index in the oldest-first list of all reachable commits, -1 when unreachable. */
  revision: number;
  message: string;
  /** `Name <email>` as recorded. */
  author: string;
  date: number;
  branch: string | null;
  parents: string[];
}

/**
 * Which changesets of a repository, and in which order. `start`, `end` bound the list of all changesets, the filters
 * take away from it, `newest` keeps its end, `after` and `limit` cut a page out of what is left.
 */
export interface HistoryQuery {
  /** As users write revisions; both ends belong to the selection. */
  start?: string | undefined;
  end?: string | undefined;
  /** git: what is reachable from this branch. hg: what was committed on this named branch, open or closed. */
  branch?: string | undefined;
  /** Unix seconds; both ends belong to the selection. */
  since?: number | undefined;
  until?: number | undefined;
  /** Only so many, the newest ones. */
  newest?: number | undefined;
  /** Newest first; oldest first unless given. */
  reverse?: boolean | undefined;
  /** Full id of the last changeset of the page before. */
  after?: string | undefined;
  limit?: number | undefined;
}

/** Paths that a changeset touches, sorted. git: compared with every parent; hg: with the first. */
export interface TouchedFiles {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** Everything below a directory, as full paths; in no particular order, without submodules. */
export interface Tree {
  readonly directories: readonly string[];
  readonly files: readonly string[];
}

export interface Refs {
  branches: Record<string, string>;
  tags: Record<string, string>;
  bookmarks: Record<string, string>;
}

export interface OperationOptions {
  /** Kills child processes when it aborts. */
  signal?: AbortSignal;
  /** Told how far a transfer is, whenever the program says so; Mercurial says nothing. */
  onProgress?: (progress: TransferProgress) => void;
}

export interface PullOptions extends OperationOptions {
  /** Asked before refs change. */
  receiving?: Receiving;
}

export interface TransferProgress {
  done: number;
  total: number;
  /** What is counted, e.g. `Receiving objects`. */
  text: string;
}

export interface RemoteSource {
  /** `http:` or `https:` only; may carry credentials, which never reach an error, a log or the stored repository. */
  url: string;
}
export interface LocalSource {
  /** Absolute directory of another repository of the same type below the repository root. */
  path: string;
}

/**
 * Failure of a version-control operation. `message` is safe for callers: no path, no credentials.
 * `detail` (cleaned stderr) is for the log.
 */
export class VcsError extends Error {
  constructor(
    readonly code:
      | 'NOT_INSTALLED'
      | 'REPOSITORY_MISSING'
      | 'REPOSITORY_EXISTS'
      | 'REF_NOT_FOUND'
      | 'REVISION_NOT_FOUND'
      | 'INVALID_RANGE'
      | 'PATH_NOT_FOUND'
      | 'EMPTY_REPOSITORY'
      | 'REMOTE_UNREACHABLE'
      | 'ADDRESS_BLOCKED'
      | 'INVALID_SOURCE'
      | 'INVALID_NAME'
      | 'CONFLICT'
      /** A ref is not where it was when the work began: look again and try again. */
      | 'MOVED'
      | 'ABORTED'
      | 'FAILED',
    message: string,
    readonly detail = '',
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'VcsError';
  }
}

/** What two sides of a pull request have in common and what only the source has. */
export interface Comparison {
  /** Common ancestor; null when the histories are unrelated. */
  ancestor: string | null;
  /** Commits reachable from the source but not from the target, oldest first. */
  revisions: string[];
}

/** A commit in a repository. */
export interface Side {
  /** Absolute directory. */
  path: string;
  /** 40 hex digits. */
  rawId: string;
}

export interface FileChange {
  path: string;
  /** What it was renamed or copied from; null otherwise. */
  oldPath: string | null;
  op: 'added' | 'modified' | 'removed' | 'renamed' | 'copied';
  /** Lines; 0 for binary files. */
  added: number;
  removed: number;
  binary: boolean;
}

export interface Diff {
  files: FileChange[];
  /** In git's format, for both types. */
  text: string;
  /** Whether `text` ends early, behind the last file that fitted. `files` is always complete. */
  truncated: boolean;
}

/** What is left out stands in {@link DEFAULT_DIFF}. */
export interface DiffOptions extends OperationOptions {
  /** Unchanged lines around a change. */
  context?: number;
  /** Longest `text`. 0: only `files` is wanted. */
  maxTextBytes?: number;
}

export const DEFAULT_DIFF = { context: 3, maxTextBytes: 10 * 1024 * 1024 };

export interface MergeRequest {
  /** The ref that shall get the commits, and the commit it was found at. */
  target: Side & { type: 'branch' | 'book'; name: string };
  /** What shall be merged; may lie in another repository of the same type. */
  source: Side;
  message: string;
  /** Author and committer of the merge; `name` is not empty. */
  author: { name: string; email: string };
}

/** A merge that nobody sees yet. */
export interface PreparedMerge {
  /** The merge commit; hg: the source itself where there is nothing to merge, only to go forward. */
  readonly rawId: string;
  /** The repository in which it can be read before it is published, and how. */
  readonly path: string;
  readonly pending: Pending;
  /**
   * Moves the target to it, if the target is still where it was.
   * @throws VcsError MOVED; nothing has changed then
   */
  publish(): Promise<void>;
}

/** What stands on the machine. `reason` says why the program cannot be used; null: it can. */
export interface ToolVersion {
  version: string | null;
  /** Absolute path of the program. */
  path: string | null;
  reason: string | null;
}

export interface VcsBackend extends VcsDownloads, PushReading {
  readonly type: RepoType;
  version(): Promise<ToolVersion>;

  /** New empty repository (git: bare); missing parents are made. On failure nothing is left behind. */
  create(path: string, options?: OperationOptions): Promise<void>;
  /** New repository as a copy. On failure nothing is left behind. */
  clone(path: string, source: RemoteSource | LocalSource, options?: OperationOptions): Promise<void>;
  /** Brings everything from the source into the repository: git branches are forced, never pruned. */
  pull(path: string, source: RemoteSource | LocalSource, options?: PullOptions): Promise<void>;
  /** Whether the directory is a repository of this type that can be opened. @throws VcsError NOT_INSTALLED */
  isRepository(path: string): Promise<boolean>;
  /**
   * Takes in a repository that somebody else put there, without running anything that it carries: its configuration is
   * reduced to what we allow, its hooks are moved aside (copies are kept). May be repeated.
   * @param root the directory that nothing in it may lead out of: links, borrowed objects, shared stores
   * @throws VcsError INVALID_SOURCE with the reason; nothing has changed then
   */
  adopt(path: string, root: string, options?: OperationOptions): Promise<void>;

  refs(path: string, options?: OperationOptions): Promise<Refs>;
  /** Named branches that were closed, which only Mercurial has. */
  closedBranches(path: string, options?: OperationOptions): Promise<Record<string, string>>;
  /** Newest changeset of the default branch (git: HEAD; hg: tip); null when empty. */
  lastChangeset(path: string, options?: OperationOptions): Promise<Changeset | null>;
  /** A revision as users write it (full or abbreviated id, branch, tag, bookmark, `tip`, hg number) -> 40 hex digits. */
  resolve(path: string, revision: string, options?: OperationOptions): Promise<string>;
  /** Only the named kind of ref: `branch:x` never finds a tag `x`. */
  resolveRef(path: string, type: RefType, name: string, options?: OperationOptions): Promise<string>;
  changesets(path: string, rawIds: readonly string[], options?: OperationOptions): Promise<Changeset[]>;
  /** @throws VcsError EMPTY_REPOSITORY, REVISION_NOT_FOUND, REF_NOT_FOUND, INVALID_RANGE when start comes after end */
  history(path: string, query: HistoryQuery, options?: OperationOptions): Promise<Changeset[]>;
  /** In the order of the ids, which must be of commits that are there. */
  touchedFiles(path: string, rawIds: readonly string[], options?: OperationOptions): Promise<TouchedFiles[]>;
  /** @param directory from the root of the commit, `''` for the root itself. @throws VcsError PATH_NOT_FOUND */
  tree(path: string, rawId: string, directory: string, options?: OperationOptions): Promise<Tree>;
  /** Content of a file of at most 16 MiB. @throws VcsError PATH_NOT_FOUND, FAILED when it is larger */
  file(path: string, rawId: string, filePath: string, options?: OperationOptions): Promise<Buffer>;
  /**
   * Hands over every file below a directory, one after the other, so that they are never all in memory.
   * @throws VcsError PATH_NOT_FOUND
   */
  readFiles(
    path: string,
    place: FilePlace,
    visit: (file: FileContent) => void,
    options?: OperationOptions,
  ): Promise<void>;
  /** Compares two commits, which may be in two repositories of one type (a fork and its parent). Writes nothing. */
  compare(
    source: { path: string; rawId: string },
    target: { path: string; rawId: string },
    options?: OperationOptions,
  ): Promise<Comparison>;
  /**
   * Keeps the commits of a pull request alive in `path` (git: refs/pull/<id>/head, and refs/pull/<id>/past/ for heads
   * that it had before; hg: nothing to do).
   */
  keepPullRequest(
    path: string,
    pullRequestId: number,
    rawId: string,
    options?: OperationOptions,
  ): Promise<void>;
  /** Forgets what {@link keepPullRequest} kept. */
  dropPullRequest(path: string, pullRequestId: number, options?: OperationOptions): Promise<void>;

  /** What changed between two commits of one repository. */
  diff(path: string, from: string, to: string, options?: DiffOptions): Promise<Diff>;
  /** What each commit changed, compared with its first parent; all texts share one limit. In the order of the ids. */
  patches(path: string, rawIds: readonly string[], options?: DiffOptions): Promise<Diff[]>;
  /** Paths that a person would have to merge; empty when it can be done without one. Changes nothing. */
  mergeConflicts(target: Side, source: Side, options?: OperationOptions): Promise<string[]>;
  /**
   * Makes the merge outside every work tree and lends it to `use`, which publishes it or not.
   * @throws VcsError CONFLICT when the files do not go together
   */
  merge<T>(
    request: MergeRequest,
    use: (prepared: PreparedMerge) => Promise<T>,
    options?: OperationOptions,
  ): Promise<T>;
  /** The commit by which `rawId` became part of what `head` contains: the first merge above it, else itself. */
  mergedBy(path: string, rawId: string, head: string, options?: OperationOptions): Promise<string>;
  /** Brings up to date what makes a large repository fast to read; nothing that users see. */
  optimize(path: string, options?: OperationOptions): Promise<void>;
  /** Ends pooled processes that hold this repository or one below the directory, e.g. before it is moved or deleted. */
  release(path: string): Promise<void>;
}

/** Injection token and type of the service that owns both backends. */
export abstract class VersionControl {
  abstract backend(type: RepoType): VcsBackend;
  /** Ends all pooled processes. Backends used afterwards fail. */
  abstract close(): Promise<void>;
}
