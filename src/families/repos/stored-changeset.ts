import type { Tx } from '../../database/database.js';
import type { Changeset } from '../../vcs/vcs.js';
import type { StoredChangeset } from './repo-record.js';

/** What of a changeset the cache column keeps. */
export function storedChangeset(changeset: Changeset): StoredChangeset {
  const { rawId, revision, message, author, date } = changeset;
  return { raw_id: rawId, revision, message, author, date };
}

/** Call `ReposDirectory.changed` too. @param last null: the repository is empty */
export async function saveLastChangeset(tx: Tx, repoId: number, last: Changeset | null): Promise<void> {
  await tx.query(
    `UPDATE repo SET last_changeset = $2, updated_on = coalesce(to_timestamp($3), updated_on) WHERE repo_id = $1`,
    [repoId, last && storedChangeset(last), last?.date ?? null],
  );
}
