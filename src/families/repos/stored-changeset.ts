import type { Changeset } from '../../vcs/vcs.js';
import type { StoredChangeset } from './repo-record.js';

/** What of a changeset the cache column keeps. */
export function storedChangeset(changeset: Changeset): StoredChangeset {
  const { rawId, revision, message, author, date } = changeset;
  return { raw_id: rawId, revision, message, author, date };
}
