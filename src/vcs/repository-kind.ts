import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { RepoType } from './vcs.js';

/** `worktree`: something that belongs to a version-control program but is nothing that the gateway keeps. */
export type DirectoryKind = RepoType | 'worktree' | null;

/** What a directory looks like from the entries in it. Nothing is opened or run. */
export function kindOfEntries(entries: ReadonlySet<string>): DirectoryKind {
  if (entries.has('.git') || entries.has('.svn')) return 'worktree';
  if (entries.has('.hg')) return 'hg';
  if (!entries.has('HEAD') || !entries.has('objects')) return null;
  return entries.has('refs') || entries.has('packed-refs') ? 'git' : null;
}

const MARKS = ['.git', '.svn', '.hg', 'HEAD', 'objects', 'refs', 'packed-refs'];

export function kindOfDirectory(directory: string): DirectoryKind {
  return kindOfEntries(
    new Set(MARKS.filter((mark) => lstatSync(join(directory, mark), { throwIfNoEntry: false }))),
  );
}
