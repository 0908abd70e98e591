import type { Dirent } from 'node:fs';
import { readdir, readlink, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isWithin, notAdoptable } from './adoption.js';

/**
 * Insists on files, directories and links that stay below the directory. Through a link that leaves, readers would get files
 * of others, and writers would change them; a pipe in place of a file would keep whoever opens it waiting for ever. A `HEAD`
 * that is a link to its branch, as old versions of git made it, stays.
 *
 * @param directory absolute, without links on the way
 * @throws VcsError INVALID_SOURCE
 */
export async function requireOwnFiles(directory: string): Promise<void> {
  const home = await realpath(directory);
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (isSpecial(entry)) throw notAdoptable('it holds a pipe, a socket or a device in place of a file');
    if (!entry.isSymbolicLink()) continue;
    const link = join(entry.parentPath, entry.name);
    const written = resolve(dirname(link), await readlink(link));
    const real = await realpath(link).catch(() => null);
    if (!isWithin(directory, written) || (real !== null && !isWithin(home, real)))
      throw notAdoptable('a symbolic link inside leads out of the repository');
  }
}

const isSpecial = (entry: Dirent) =>
  entry.isFIFO() || entry.isSocket() || entry.isBlockDevice() || entry.isCharacterDevice();
