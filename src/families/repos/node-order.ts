import type { Tree } from '../../vcs/vcs.js';

export interface RepoNode {
  /** Full path from the root of the repository. */
  name: string;
  type: 'file' | 'dir';
}

export const NODE_KINDS = ['all', 'dirs', 'files'] as const;
export type NodeKind = (typeof NODE_KINDS)[number];

interface Directory {
  directories: string[];
  files: string[];
}

/**
 * A tree in the order of `get_repo_nodes`: all directories, then all files; in each of the two, what lies in a
 * directory comes before what lies in the directories below it, and neighbours are sorted by code point.
 */
export function orderedNodes({ directories, files }: Tree, root: string, kind: NodeKind): RepoNode[] {
  const below = grouped(directories, files);
  const dirNodes: RepoNode[] = [];
  const fileNodes: RepoNode[] = [];
  // A stack and no recursion: how deep a repository goes is up to whoever pushes to it.
  const waiting = [root];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const inside = below.get(path);
    if (inside === undefined) continue;
    sort(inside.directories);
    if (kind !== 'files') for (const name of inside.directories) dirNodes.push({ name, type: 'dir' });
    if (kind !== 'dirs') for (const name of sort(inside.files)) fileNodes.push({ name, type: 'file' });
    for (const name of inside.directories.toReversed()) waiting.push(name);
  }
  return dirNodes.concat(fileNodes);
}

/** What lies in each directory, by its path. */
function grouped(directories: readonly string[], files: readonly string[]): Map<string, Directory> {
  const below = new Map<string, Directory>();
  let parent: string | null = null;
  let group: Directory = { directories: [], files: [] };
  const at = (path: string) => {
    const end = Math.max(path.lastIndexOf('/'), 0);
    // Neighbours mostly lie in one directory
    if (parent?.length === end && path.startsWith(parent)) return group;
    parent = path.slice(0, end);
    group = below.get(parent) ?? { directories: [], files: [] };
    below.set(parent, group);
    return group;
  };
  for (const path of directories) at(path).directories.push(path);
  for (const path of files) at(path).files.push(path);
  return below;
}

/** Programs mostly tell of files in this order already. */
const sort = (names: string[]) => (isInOrder(names) ? names : names.sort(byCodePoint));

function isInOrder(names: readonly string[]): boolean {
  for (let index = 1; index < names.length; index += 1)
    if ((names[index - 1] ?? '') >= (names[index] ?? '')) return false;
  return !names.some((name) => HALF.test(name));
}

/** JavaScript compares halves of characters, which puts those beyond U+FFFF before some below. */
function byCodePoint(one: string, other: string): number {
  if (one === other) return 0;
  const length = Math.min(one.length, other.length);
  let index = 0;
  while (index < length && one.charCodeAt(index) === other.charCodeAt(index)) index += 1;
  const [a, b] = [one.charCodeAt(index), other.charCodeAt(index)];
  if (Number.isNaN(a) || Number.isNaN(b)) return one.length - other.length;
  return isHalf(a) === isHalf(b) ? a - b : isHalf(a) ? 1 : -1;
}

const HALF = /[\ud800-\udfff]/;
const isHalf = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;
