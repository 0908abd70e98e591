import { isPlainText, refNotFound, revisionNotFound } from '../names.js';

/**
 * A user's revision as a revset: in double quotes Mercurial looks it up as one name, number or id and never reads it
 * as an expression. @throws VcsError REVISION_NOT_FOUND
 */
export function symbol(revision: string): string {
  const isNumber = /^-\d{1,9}$/.test(revision);
  if (!isNumber && !isPlainText(revision)) throw revisionNotFound(revision);
  return `"${revision.replace(/["\\]/g, '\\$&')}"`;
}

/** A named branch as a revset function: the name is taken literally. @throws VcsError REF_NOT_FOUND */
export function onBranch(name: string): string {
  if (!isPlainText(name)) throw refNotFound('branch', name);
  return `branch("literal:${name.replace(/["\\]/g, '\\$&')}")`;
}
