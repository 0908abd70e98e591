import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CommandError } from '../command-error.js';
import type { ArchiveWriter } from './archive-writer.js';
import { AGAIN, REPOSITORIES } from './manifest.js';
import { fingerprint, isLocked, listRepository, type RepositoryEntry } from './repository-files.js';

const ATTEMPTS = 10;

/**
 * Adds a repository as it was at one moment: when it was written to meanwhile, it is added again.
 * @param name relative to `root`
 * @throws CommandError when it never stood still
 */
export async function backUpRepository(
  archive: ArchiveWriter,
  root: string,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const path = join(root, name);
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const before = await listRepository(path);
    const locked = await isLocked(path);
    if (!locked) {
      await addEntries(archive, path, name, before, signal);
      const after = await listRepository(path);
      if (fingerprint(before) === fingerprint(after) && !(await isLocked(path))) return;
      await archive.addText(`${AGAIN}${name}`, '');
    }
    await pause(attempt * 100, undefined, { signal });
  }
  throw new CommandError(
    `The repository ${name} is written to all the time, so that no whole copy of it can be made. ` +
      'Repeat the backup when there is less going on, or stop the gateway for it.',
  );
}

async function addEntries(
  archive: ArchiveWriter,
  path: string,
  repository: string,
  entries: readonly RepositoryEntry[],
  signal: AbortSignal,
): Promise<void> {
  for (const { name, stats } of entries) {
    signal.throwIfAborted();
    const source = join(path, name);
    const target = `${REPOSITORIES}${repository}${name === '' ? '' : `/${name}`}`;
    if (stats.isDirectory()) await archive.addDirectory(target, stats);
    else if (stats.isFile()) await archive.addFile(target, source, stats);
    else await archive.addSymlink(target, await readlink(source).catch(() => 'gone'), stats);
  }
}
