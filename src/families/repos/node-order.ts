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
  const below = new Map<string, Directory>();
  const at = (path: string) => {
    const parent = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
    let found = below.get(parent);
    if (found === undefined) below.set(parent, (found = { directories: [], files: [] }));
    return found;
  };
  for (const path of directories) at(path).directories.push(path);
  for (const path of files) at(path).files.push(path);
  const dirNodes: RepoNode[] = [];
  const fileNodes: RepoNode[] = [];
  // A stack and no recursion: how deep a repository goes is up to whoever pushes to it.
  const waiting = [root];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const inside = below.get(path);
    if (inside === undefined) continue;
    inside.directories.sort(byCodePoint);
    if (kind !== 'files') for (const name of inside.directories) dirNodes.push({ name, type: 'dir' });
    if (kind !== 'dirs')
      for (const name of inside.files.sort(byCodePoint)) fileNodes.push({ name, type: 'file' });
    for (const name of inside.directories.toReversed()) waiting.push(name);
  }
  return dirNodes.concat(fileNodes);
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

const isHalf = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;
