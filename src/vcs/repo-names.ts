import { VcsError } from './vcs.js';

/** A directory that was deleted, with the local time of its deletion. */
const TRASH = /^rm__\d{8}_\d{6}_\d{6}_/;
/** Inside of a repository, or another program's. */
const INNER = new Set(['.hg', '.git', '.svn']);
const LONGEST_COMPONENT_BYTES = 255;

/** Splits a full repository name (`group/sub/name`). @throws VcsError INVALID_NAME when it could leave the root. */
export function componentsOf(repoName: string): string[] {
  const components = repoName.split('/');
  if (!components.every(isComponent))
    throw new VcsError('INVALID_NAME', 'this is not the name of a repository');
  return components;
}

export function isTrash(directoryName: string): boolean {
  return TRASH.test(directoryName);
}

/**
 * `rm__YYYYMMDD_HHMMSS_ffffff__<name>`, for a group `..._GROUP_<name>`, in local time; `micros` keeps two deletions of
 * one millisecond apart.
 */
export function trashName(name: string, now: Date, micros: number, kind: 'repo' | 'group' = 'repo'): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  const fraction = String(now.getMilliseconds() * 1000 + micros).padStart(6, '0');
  return `rm__${day}_${time}_${fraction}_${kind === 'group' ? 'GROUP' : ''}_${name}`;
}

function isComponent(text: string): boolean {
  if (text === '' || text === '.' || text === '..' || INNER.has(text.toLowerCase())) return false;
  return !/[\p{Cc}\p{Surrogate}]/u.test(text) && Buffer.byteLength(text) <= LONGEST_COMPONENT_BYTES;
}
