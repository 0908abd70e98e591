import type { OperationOptions, TouchedFiles } from './vcs.js';

/** hg: a named branch with an open head is a branch. `other`: git refs beside branches and tags, under their full name. */
export type RefKind = 'branch' | 'tag' | 'bookmark' | 'other';

export interface RefValue {
  kind: RefKind;
  name: string;
  /** 40 hex digits; git: of a tag object, where the tag has one. */
  id: string;
}

/** A ref before and after; null: not there. */
export interface RefChange {
  kind: RefKind | 'changesets';
  name: string;
  from: string | null;
  to: string | null;
}

/** hg: what one transaction adds to the history, from its first changeset to its last. It has no name. */
export const isAddition = ({ kind }: RefChange): boolean => kind === 'changesets';

/** Objects that are received and not stored yet. git: their directory. hg: the root of the repository. */
export type Pending = string | null;

/** What a ref gained by a change. */
export interface Gain {
  /** Whether the new value descends from the old one, or there was none. */
  isForward: boolean;
  count: number;
  /** The newest of them, oldest first. */
  ids: string[];
}

export interface GainQuery {
  change: RefChange;
  /** Where other refs stood before; what they had is no gain of a ref that is new. */
  others: readonly string[];
  /** hg: what was added together with the change; null: it is not known, or nothing. */
  added: { first: string; last: string } | null;
  limit: number;
  pending?: Pending;
}

/** A commit with the paths that it touches, as it arrived; of a Mercurial merge those that it lists itself. */
export interface ArrivedCommit extends TouchedFiles {
  rawId: string;
  parents: string[];
  author: string;
  /** Of the committer, unix seconds. */
  date: number;
  message: string;
  /** hg only. */
  branch: string | null;
}

/** What has to be read of a repository that somebody pushes to. */
export interface PushReading {
  /** After a push. git: HEAD names a branch that is there, if any is, or clones check out nothing. */
  mendHead(path: string): Promise<void>;
  /** All that pushes change, each under its own name. */
  refValues(path: string, options?: OperationOptions): Promise<RefValue[]>;
  hasChangeset(path: string, rawId: string, options?: OperationOptions): Promise<boolean>;
  /**
   * For a repository whose gateway died: undoes what a killed program left half done.
   * @returns false while a program may still live that is about to change refs
   */
  isAtRest(path: string, options?: OperationOptions): Promise<boolean>;
  gain(path: string, query: GainQuery, options?: OperationOptions): Promise<Gain>;
  /** Of refs' values: git: the commit that a tag object names. Null: none. */
  namedCommits(path: string, ids: readonly string[], options?: OperationOptions): Promise<(string | null)[]>;
  /** In the order of the ids. */
  arrivedCommits(
    path: string,
    rawIds: readonly string[],
    pending: Pending,
    options?: OperationOptions,
  ): Promise<ArrivedCommit[]>;
}

const ABSENT = /^0+$/;
const PREFIXES = { 'refs/heads/': 'branch', 'refs/tags/': 'tag', 'refs/bookmarks/': 'bookmark' } as const;

/** `refs/heads/x` -> branch `x`. Mercurial's names are written the same way by our hook. */
export function refNamed(fullName: string): Pick<RefChange, 'kind' | 'name'> {
  for (const [prefix, kind] of Object.entries(PREFIXES)) {
    if (fullName.startsWith(prefix)) return { kind, name: fullName.slice(prefix.length) };
  }
  return fullName === 'changesets' ? { kind: 'changesets', name: '' } : { kind: 'other', name: fullName };
}

/** A line `<old> <new> <ref>` of a hook; null for what is no ref of users (HEAD, what keeps pull requests). */
export function parseChange(line: string): RefChange | null {
  const [from = '', to = ''] = line.split(' ', 2);
  const fullName = line.slice(from.length + to.length + 2);
  if (fullName === 'HEAD' || isReserved(fullName)) return null;
  const orNull = (id: string) => (ABSENT.test(id) ? null : id);
  return { ...refNamed(fullName), from: orNull(from), to: orNull(to) };
}

/** Refs by which the gateway keeps the commits of pull requests. */
export const isReserved = (fullName: string): boolean => fullName.startsWith('refs/pull/');
