import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { VcsError } from './vcs.js';

/** Starts the name of a directory that is being filled; scans skip dot directories. */
export const UNFINISHED_PREFIX = '.forgegate-new-';

/** How the directories begin that are filled for `path`; each attempt has one of its own, a hash keeps names short. */
export function unfinishedFor(path: string): string {
  const place = createHash('sha256').update(basename(path)).digest('hex').slice(0, 16);
  return join(dirname(path), `${UNFINISHED_PREFIX}${place}-`);
}

/**
 * Lets `fill` make a repository beside its place and moves it there when it is complete, so that nobody ever sees
 * half a repository. The empty directory made first holds the name meanwhile. On failure nothing is left behind.
 */
export async function makeDirectory(
  path: string,
  fill: (unfinished: string) => Promise<void>,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await mkdir(path).catch((error: unknown) => {
    throw refusal(error);
  });
  const unfinished = unfinishedFor(path) + randomUUID();
  try {
    await fill(unfinished);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    await rmdir(path).catch(() => undefined);
    throw error;
  }
}

/**
 * Takes away what a process that died left of {@link makeDirectory}: directories that were being filled, and the empty
 * one that held the name. For whoever alone may make `path` now.
 */
export async function clearUnfinished(path: string): Promise<void> {
  const start = unfinishedFor(path);
  const entries = await readdir(dirname(path)).catch(() => []);
  for (const entry of entries) {
    const directory = join(dirname(path), entry);
    if (directory.startsWith(start)) await rm(directory, { recursive: true, force: true });
  }
  await rmdir(path).catch(() => undefined);
}

function refusal(error: unknown): VcsError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EEXIST') return new VcsError('REPOSITORY_EXISTS', 'there is already something at this place');
  return new VcsError('FAILED', 'the directory of the repository cannot be made', String(code), {
    cause: error,
  });
}
