import { VcsError } from './vcs.js';

const FULL_ID = /^[0-9a-f]{40}$/;
/** Longest revision or ref name that is looked at, in characters. */
const LONGEST = 1_000;

export function isFullId(text: string): boolean {
  return FULL_ID.test(text);
}

/** @throws VcsError REVISION_NOT_FOUND unless it is 40 hex digits of a real commit's id. */
export function requireFullId(text: string): string {
  if (isFullId(text) && !/^(0+|f+)$/.test(text)) return text;
  throw revisionNotFound(text);
}

/** Text that could be mistaken for an option, or that no line-based protocol can carry, names nothing. */
export function isPlainText(text: string): boolean {
  return (
    text !== '' && text.length <= LONGEST && !text.startsWith('-') && !/\p{Cc}|\p{Surrogate}/u.test(text)
  );
}

/** The rules of git check-ref-format for a ref below `refs/heads/` or `refs/tags/`. */
export function isGitRefName(name: string): boolean {
  if (!isPlainText(name) || name === '@' || name.endsWith('.')) return false;
  if (/[ ~^:?*[\\]|\.\.|@\{/.test(name)) return false;
  return name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}

export function revisionNotFound(revision: string, detail = ''): VcsError {
  return new VcsError('REVISION_NOT_FOUND', `revision ${shown(revision)} does not exist`, detail);
}

export function refNotFound(type: string, name: string): VcsError {
  return new VcsError('REF_NOT_FOUND', `${type} ${shown(name)} does not exist`);
}

export function startAfterEnd(start: string, end: string): VcsError {
  return new VcsError('INVALID_RANGE', `start ${shown(start)} comes after end ${shown(end)}`);
}

export const emptyRepository = () => new VcsError('EMPTY_REPOSITORY', 'the repository is empty');

/** A caller's own text in a message: without control characters, and not longer than a line. */
function shown(text: string): string {
  return `\`${text.replace(/\p{Cc}|\p{Surrogate}/gu, '?').slice(0, 100)}\``;
}
