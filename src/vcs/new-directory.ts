import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { VcsError } from './vcs.js';

/** Starts the name of a directory that is being filled; scans skip dot directories. */
export const UNFINISHED_PREFIX = '.forgegate-new-';

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
  const unfinished = join(dirname(path), `${UNFINISHED_PREFIX}${randomUUID()}`);
  try {
    await fill(unfinished);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    await rmdir(path).catch(() => undefined);
    throw error;
  }
}

function refusal(error: unknown): VcsError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EEXIST') return new VcsError('REPOSITORY_EXISTS', 'there is already something at this place');
  return new VcsError('FAILED', 'the directory of the repository cannot be made', String(code), {
    cause: error,
  });
}
