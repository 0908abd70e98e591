import { VcsError } from './vcs.js';

/**
 * A path inside a commit as both programs take it: no slashes at its ends, `''` for the root.
 * @throws VcsError PATH_NOT_FOUND for what no commit can hold, or what would be read as something else than a path
 */
export function treePath(given: string): string {
  const path = given.replace(/^\/+|\/+$/g, '');
  const isOdd = (part: string) => part === '' || part === '.' || part === '..';
  if (path !== '' && (/\p{Cc}|\p{Surrogate}/u.test(path) || path.split('/').some(isOdd)))
    throw pathNotFound();
  return path;
}

export const pathNotFound = (detail = '') =>
  new VcsError('PATH_NOT_FOUND', 'there is nothing of this kind at this path', detail);

/** Larger files are read as a stream or not at all. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024;

export const fileTooLarge = () => new VcsError('FAILED', `the file is larger than ${MAX_FILE_BYTES} bytes`);
