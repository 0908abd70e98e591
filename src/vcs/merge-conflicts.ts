import { VcsError } from './vcs.js';

/** Paths that a message names; the rest is counted. */
const NAMED = 5;

export function conflictsIn(paths: readonly string[]): VcsError {
  return new VcsError('CONFLICT', describeConflicts(paths));
}

/** On one line, however many there are; `no conflicts` when there are none. */
export function describeConflicts(paths: readonly string[]): string {
  if (paths.length === 0) return 'no conflicts';
  const named = paths.slice(0, NAMED).map((path) => `\`${path.replace(/\p{Cc}/gu, '?')}\``);
  const more = paths.length > NAMED ? ` and ${paths.length - NAMED} more` : '';
  return `conflicts in ${named.join(', ')}${more}`;
}
