import { Injectable } from '@nestjs/common';
import { ADVISORY_LOCK } from '../../database/advisory-locks.js';
import { Database, type Sql, type Tx } from '../../database/database.js';

/**
 * The one tree that names of repositories and groups make. Whatever adds, renames, moves or removes a name does so in a
 * transaction of this tree: they run one after the other over the whole cluster, so that a name that was checked stays
 * free, and nothing is created below what is being moved.
 */
@Injectable()
export class NameTree {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly db: Database) {}

  /**
   * Keep it short, and look names up again inside: what was read before may have been moved. Use `tx` alone for SQL, a
   * second connection may not be had.
   */
  change<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    // Within a process they wait here, without a connection of the pool that calls could use
    const turn = this.last.then(() =>
      this.db.transaction(async (tx) => {
        await tx.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCK.nameTree]);
        return work(tx);
      }),
    );
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

/** Whether the group (null: the top) is still there under the name that the caller saw. */
export async function isStillThere(
  sql: Sql,
  group: { group_id: number; group_name: string } | null,
): Promise<boolean> {
  if (group === null) return true;
  const rows = await sql.query('SELECT 1 FROM repo_group WHERE group_id = $1 AND group_name = $2', [
    group.group_id,
    group.group_name,
  ]);
  return rows.length > 0;
}
