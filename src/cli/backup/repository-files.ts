import type { BigIntStats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../../vcs/process.js';
import { isTrash } from '../../vcs/repo-names.js';
import { kindOfEntries } from '../../vcs/repository-kind.js';

/** A file, folder or symbolic link below a repository. */
export interface RepositoryEntry {
  /** Relative to the repository; empty for itself. */
  readonly name: string;
  readonly stats: BigIntStats;
}

/** Folders below the root that are repositories, as relative paths; deleted ones and dot folders are passed over. */
export async function* findRepositories(root: string, folder = ''): AsyncGenerator<string> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  if (folder !== '' && kindOfEntries(new Set(entries.map((entry) => entry.name))) !== null) {
    yield folder;
    return;
  }
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name.startsWith('.') || isTrash(entry.name)) continue;
    yield* findRepositories(root, folder === '' ? entry.name : `${folder}/${entry.name}`);
  }
}

/**
 * Everything in a repository. What git's references lead to comes after them, so that a push meanwhile adds to the
 * copy but leaves no gap in it.
 */
export async function listRepository(repository: string): Promise<RepositoryEntry[]> {
  const entries: RepositoryEntry[] = [];
  await collect(repository, '', entries);
  const isObject = (entry: RepositoryEntry) => Number(/^objects(\/|$)/.test(entry.name));
  return entries.sort((a, b) => isObject(a) - isObject(b) || (a.name < b.name ? -1 : 1));
}

/** Equal for two listings between which nothing was written. */
export function fingerprint(entries: readonly RepositoryEntry[]): string {
  return entries
    .map(({ name, stats }) => `${name}\0${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.mode}`)
    .join('\n');
}

/** Whether a Mercurial transaction is open: its files stand still between two writes and are not whole then. */
export async function isLocked(repository: string): Promise<boolean> {
  for (const lock of ['.hg/store/lock', '.hg/wlock']) {
    const holder = await readlink(join(repository, lock)).catch(() => null);
    const pid = Number(holder?.split(':').at(-1));
    if (holder !== null && pid > 0 && isAlive(pid)) return true;
  }
  return false;
}

async function collect(repository: string, name: string, into: RepositoryEntry[]): Promise<void> {
  const path = join(repository, name);
  const stats = await lstat(path, { bigint: true }).catch(() => null);
  if (stats === null) return;
  if (stats.isDirectory() || stats.isFile() || stats.isSymbolicLink()) into.push({ name, stats });
  if (!stats.isDirectory()) return;
  for (const child of await readdir(path).catch(() => [])) {
    await collect(repository, name === '' ? child : `${name}/${child}`, into);
  }
}
