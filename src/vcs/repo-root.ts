import { lstatSync, type Stats } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { clearUnfinished, UNFINISHED_PREFIX, unfinishedFor } from './new-directory.js';
import { componentsOf, isTrash, trashName } from './repo-names.js';
import { kindOfDirectory, kindOfEntries, type DirectoryKind } from './repository-kind.js';
import { VcsError, type RepoType } from './vcs.js';

export interface FoundRepository {
  /** Full name, e.g. `group/sub/name`. */
  name: string;
  type: RepoType;
}

const TRASH_ATTEMPTS = 1_000;

/** The directory below which repositories lie under their names. */
export class RepoRoot {
  /** Absolute. */
  readonly path: string;

  /** @param root absolute; need not exist yet */
  constructor(root: string) {
    this.path = resolve(root);
  }

  /**
   * Absolute directory of a repository, which need not exist.
   * @throws VcsError INVALID_NAME when the name, or a symbolic link on the way, would leave the root, or when it would
   * lie inside another repository.
   */
  directory(repoName: string): string {
    const components = componentsOf(repoName);
    this.checkWay(components);
    return join(this.path, ...components);
  }

  /** A free name for when it is deleted: for a repository beside it, for a group at the top. */
  trashFor(name: string, now: Date, kind: 'repo' | 'group' = 'repo'): string {
    const at = name.lastIndexOf('/') + 1;
    const place = kind === 'repo' ? name.slice(0, at) : '';
    for (let attempt = 0; attempt < TRASH_ATTEMPTS; attempt += 1) {
      const trash = place + trashName(name.slice(at), now, attempt, kind);
      if (!this.isTaken(trash)) return trash;
    }
    throw new VcsError('CONFLICT', 'too many directories were deleted at this moment');
  }

  /**
   * Renames the directory of a repository out of the way, so that it can be brought back.
   * @returns the new directory; null when there was none
   */
  async moveToTrash(repoName: string, now: Date): Promise<string | null> {
    if (!this.isTaken(repoName)) return null;
    const trash = this.directory(this.trashFor(repoName, now));
    await this.move(this.directory(repoName), trash);
    return trash;
  }

  /** @throws VcsError REPOSITORY_EXISTS when there is something at `to`, REPOSITORY_MISSING when nothing is at `from` */
  async move(from: string, to: string): Promise<void> {
    this.requireInside(from);
    this.requireInside(to);
    if (to.startsWith(from + sep)) throw new VcsError('CONFLICT', 'a directory cannot be moved into itself');
    if (entryAt(from) === null) throw new VcsError('REPOSITORY_MISSING', 'the directory does not exist');
    await mkdir(dirname(to), { recursive: true });
    // Making the target first refuses an existing one without a gap; a directory may replace an empty one.
    await mkdir(to).catch((cause: unknown) => {
      throw new VcsError('REPOSITORY_EXISTS', 'there is already something at this place', '', { cause });
    });
    await rename(from, to).catch(async (cause: unknown) => {
      await rmdir(to).catch(() => undefined);
      throw new VcsError('FAILED', 'the directory cannot be moved', String(cause), { cause });
    });
  }

  /** Whether there is anything at the place of a repository, be it an empty directory. */
  isTaken(repoName: string): boolean {
    return entryAt(this.directory(repoName)) !== null;
  }

  /**
   * As {@link isTaken}, also of names that lead nowhere.
   * @param unclear the answer when a link or a file stands in the way, so that nothing can be looked at or moved there
   */
  isOnDisk(repoName: string, unclear: boolean): boolean {
    try {
      return this.isTaken(repoName);
    } catch {
      return unclear;
    }
  }

  /** Whether the directory of a repository holds one, and not merely its name. */
  isFilled(repoName: string): boolean {
    return kindOfDirectory(this.directory(repoName)) !== null;
  }

  /** Takes away what a process that died left of making this repository. Only for whoever alone may make it now. */
  async clearUnfinished(repoName: string): Promise<void> {
    await clearUnfinished(this.directory(repoName));
  }

  /**
   * Takes away directories that were being filled for no repository that is still being made.
   * @param pending reads the names of those, after the directories were found
   * @returns how many it took away
   */
  async sweepUnfinished(pending: () => Promise<readonly string[]>): Promise<number> {
    const found: string[] = [];
    for await (const directory of this.unfinishedBelow([])) found.push(directory);
    if (found.length === 0) return 0;
    const kept = (await pending()).map((name) => unfinishedFor(join(this.path, ...componentsOf(name))));
    const abandoned = found.filter((directory) => !kept.some((start) => directory.startsWith(start)));
    for (const directory of abandoned) await rm(directory, { recursive: true, force: true });
    return abandoned.length;
  }

  /**
   * Every repository below the root, by name. Deleted ones, dot directories, work trees, symbolic links and what cannot
   * be read are passed over; nothing inside a repository is looked at.
   */
  async *scan(): AsyncIterable<FoundRepository> {
    yield* this.scanBelow([]);
  }

  private async *unfinishedBelow(components: readonly string[]): AsyncIterable<string> {
    const { kind, directories } = await this.read(components);
    if (kind !== null && components.length > 0) return;
    for (const name of directories) {
      if (name.startsWith(UNFINISHED_PREFIX)) yield join(this.path, ...components, name);
      else if (isGroupName(name)) yield* this.unfinishedBelow([...components, name]);
    }
  }

  private async *scanBelow(components: readonly string[]): AsyncIterable<FoundRepository> {
    const { kind, directories } = await this.read(components);
    if (kind !== null && components.length > 0) {
      if (kind !== 'worktree') yield { name: components.join('/'), type: kind };
      return;
    }
    for (const name of directories) {
      if (isGroupName(name)) yield* this.scanBelow([...components, name]);
    }
  }

  private async read(components: readonly string[]): Promise<{ kind: DirectoryKind; directories: string[] }> {
    const entries = await readdir(join(this.path, ...components), { withFileTypes: true }).catch(() => []);
    // A directory is all that a repository consists of; links could lead anywhere.
    const directories = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    const kind = kindOfEntries(
      new Set(entries.filter((entry) => !entry.isSymbolicLink()).map((entry) => entry.name)),
    );
    return { kind, directories: directories.sort() };
  }

  /** A link could lead out of the root, and what lies inside another repository could be its hooks. */
  private checkWay(components: readonly string[]): void {
    for (let depth = 1; depth <= components.length; depth += 1) {
      const directory = join(this.path, ...components.slice(0, depth));
      const found = entryAt(directory);
      if (found === null) return;
      if (found.isSymbolicLink())
        throw new VcsError('INVALID_NAME', 'a symbolic link stands in the way of this name');
      if (depth === components.length) return;
      if (!found.isDirectory()) throw new VcsError('INVALID_NAME', 'a file stands in the way of this name');
      if (kindOfDirectory(directory) !== null) {
        throw new VcsError('INVALID_NAME', 'a repository cannot lie inside another one');
      }
    }
  }

  private requireInside(directory: string): void {
    const components = relative(this.path, directory).split(sep);
    if (resolve(directory) !== directory || components[0] === '' || components[0] === '..') {
      throw new VcsError('INVALID_NAME', 'this directory is not below the root of the repositories');
    }
    this.checkWay(components);
  }
}

const isGroupName = (name: string) => !name.startsWith('.') && !isTrash(name) && isName(name);

function isName(text: string): boolean {
  try {
    return componentsOf(text).length === 1;
  } catch {
    return false;
  }
}

function entryAt(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new VcsError('INVALID_NAME', 'this name leads nowhere', '', { cause: error });
  }
}
