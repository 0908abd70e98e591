import { lstatSync, type Stats } from 'node:fs';
import { mkdir, readdir, rename, rmdir } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { componentsOf, isTrash, trashName } from './repo-names.js';
import { kindOfDirectory, kindOfEntries } from './repository-kind.js';
import { VcsError, type RepoType } from './vcs.js';

export interface FoundRepository {
  /** Full name, e.g. `group/sub/name`. */
  name: string;
  type: RepoType;
}

const TRASH_ATTEMPTS = 1_000;

/** The directory below which repositories lie under their names. */
export class RepoRoot {
  private readonly root: string;

  /** @param root absolute; need not exist yet */
  constructor(root: string) {
    this.root = resolve(root);
  }

  /**
   * Absolute directory of a repository, which need not exist.
   * @throws VcsError INVALID_NAME when the name, or a symbolic link on the way, would leave the root, or when it would
   * lie inside another repository.
   */
  directory(repoName: string): string {
    const components = componentsOf(repoName);
    this.checkWay(components);
    return join(this.root, ...components);
  }

  /**
   * Renames the directory out of the way, in its parent directory, so that it can be brought back.
   * @returns the new directory; null when there was none
   */
  async moveToTrash(directory: string, now: Date): Promise<string | null> {
    this.requireInside(directory);
    if (entryAt(directory) === null) return null;
    for (let attempt = 0; attempt < TRASH_ATTEMPTS; attempt += 1) {
      const trash = join(dirname(directory), trashName(basename(directory), now, attempt));
      if (entryAt(trash) !== null) continue;
      await this.move(directory, trash);
      return trash;
    }
    throw new VcsError('CONFLICT', 'too many directories were deleted at this moment');
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

  /**
   * Every repository below the root, by name. Deleted ones, dot directories, work trees, symbolic links and what cannot
   * be read are passed over; nothing inside a repository is looked at.
   */
  async *scan(): AsyncIterable<FoundRepository> {
    yield* this.scanBelow([]);
  }

  private async *scanBelow(components: readonly string[]): AsyncIterable<FoundRepository> {
    const entries = await readdir(join(this.root, ...components), { withFileTypes: true }).catch(() => []);
    // A directory is all that a repository consists of; links could lead anywhere.
    const directories = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    const kind = kindOfEntries(
      new Set(entries.filter((entry) => !entry.isSymbolicLink()).map((entry) => entry.name)),
    );
    if (kind !== null && components.length > 0) {
      if (kind !== 'worktree') yield { name: components.join('/'), type: kind };
      return;
    }
    for (const name of directories.sort()) {
      if (name.startsWith('.') || isTrash(name) || !isName(name)) continue;
      yield* this.scanBelow([...components, name]);
    }
  }

  /** A link could lead out of the root, and what lies inside another repository could be its hooks. */
  private checkWay(components: readonly string[]): void {
    for (let depth = 1; depth <= components.length; depth += 1) {
      const directory = join(this.root, ...components.slice(0, depth));
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
    const components = relative(this.root, directory).split(sep);
    if (resolve(directory) !== directory || components[0] === '' || components[0] === '..') {
      throw new VcsError('INVALID_NAME', 'this directory is not below the root of the repositories');
    }
    this.checkWay(components);
  }
}

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
