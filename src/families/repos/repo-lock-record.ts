import type { Row, Sql } from '../../database/database.js';
import type { RepoLockShape } from '../../sdk/index.js';
import { utc } from '../../rpc/wire-date.js';

export type LockReason = RepoLockShape['lock_reason'];

/** Who holds a repository, since when and by what. */
export interface RepoLock extends Row {
  user_id: number;
  username: string;
  since: Date;
  reason: LockReason;
}

const LOCK = `SELECT u.user_id, u.username, r.locked_on AS since, r.lock_reason AS reason
  FROM repo r JOIN "user" u ON u.user_id = r.locked_by WHERE r.repo_id = $1`;

/** Null: it is not locked. Never cached, because it decides over pushes. */
export async function lockOf(sql: Sql, repoId: number): Promise<RepoLock | null> {
  const [row] = await sql.prepared<RepoLock>('repo_lock', LOCK, [repoId]);
  return row ?? null;
}

export const toRepoLockShape = (lock: RepoLock): RepoLockShape => ({
  locked_by: { user_id: lock.user_id, username: lock.username },
  locked_since: utc(lock.since),
  lock_reason: lock.reason,
});
