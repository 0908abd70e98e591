import { readdir, readlink, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isWithin, notAdoptable } from './adoption.js';

/**
 * Insists that every symbolic link below the directory stays below it: through one that leaves, readers would get files
 * of others, and writers would change them. A `HEAD` that is a link to its branch, as old versions of git made it, stays.
 *
 * @param directory absolute, without links on the way
 * @throws VcsError INVALID_SOURCE
 */
export async function requireLinksInside(directory: string): Promise<void> {
  const home = await realpath(directory);
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isSymbolicLink()) continue;
    const link = join(entry.parentPath, entry.name);
    const written = resolve(dirname(link), await readlink(link));
    const real = await realpath(link).catch(() => null);
    if (!isWithin(directory, written) || (real !== null && !isWithin(home, real)))
      throw notAdoptable('a symbolic link inside leads out of the repository');
  }
}
