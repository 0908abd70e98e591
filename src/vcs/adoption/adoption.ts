import { lstat, rename } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { VcsError } from '../vcs.js';

/** Ends the name of what a repository brought along and shall not count any more. */
const KEPT_AS = '.before-adoption';

/** A repository that cannot be taken in as it is; the message names what stands in the way. */
export const notAdoptable = (reason: string) => new VcsError('INVALID_SOURCE', reason);

/** Whether a path is the directory or lies below it. Both absolute and normalised. */
export function isWithin(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || way.startsWith(sep));
}

export function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** A name beside the path that nothing has yet, so that what was kept once is never overwritten. */
export async function keptName(path: string): Promise<string> {
  for (let count = 1; ; count += 1) {
    const name = path + KEPT_AS + (count === 1 ? '' : `-${count}`);
    if (!(await exists(name))) return name;
  }
}

/** Renames what must not count any more; a link is renamed itself. Nothing there is fine. */
export async function setAside(path: string): Promise<void> {
  if (await exists(path)) await rename(path, await keptName(path));
}
