import { isPlainText, revisionNotFound } from '../names.js';

/**
 * A user's revision as a revset: in double quotes Mercurial looks it up as one name, number or id and never reads it
 * as an expression. @throws VcsError REVISION_NOT_FOUND
 */
export function symbol(revision: string): string {
  const isNumber = /^-\d{1,9}$/.test(revision);
  if (!isNumber && !isPlainText(revision)) throw revisionNotFound(revision);
  return `"${revision.replace(/["\\]/g, '\\$&')}"`;
}
