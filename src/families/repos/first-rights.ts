import { Injectable } from '@nestjs/common';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { LEVEL_WEIGHT } from '../../access/levels.js';
import { Rights } from '../../access/rights.js';
import type { Tx } from '../../database/database.js';
import type { RepoRecord } from './repo-record.js';

/** Who may see a repository that has just come to be, and who follows it. What its owner set meanwhile stays. */
@Injectable()
export class FirstRights {
  constructor(private readonly rights: Rights) {}

  /** @param copyPermissions of what it was forked from, else of its group; a private one never lets everybody in */
  async grant(tx: Tx, repo: RepoRecord, copyPermissions: boolean, defaultLevel: number): Promise<void> {
    if (copyPermissions && (repo.fork_id !== null || repo.group_id !== null)) await this.copy(tx, repo);
    else {
      await tx.query(
        'INSERT INTO repo_permission (repo_id, user_id, level) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
        [repo.repo_id, DEFAULT_USER_ID, repo.private ? LEVEL_WEIGHT.none : defaultLevel],
      );
    }
    await tx.query('INSERT INTO follower (repo_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      repo.repo_id,
      repo.owner_id,
    ]);
    await this.rights.changed(tx);
  }

  private async copy(tx: Tx, repo: RepoRecord): Promise<void> {
    const [table, column, from] =
      repo.fork_id === null
        ? ['repo_group_permission', 'group_id', repo.group_id]
        : ['repo_permission', 'repo_id', repo.fork_id];
    await tx.query(
      `INSERT INTO repo_permission (repo_id, level, user_id, users_group_id)
       SELECT $1, CASE WHEN $3 AND user_id = ${DEFAULT_USER_ID} THEN 0 ELSE level END, user_id, users_group_id
       FROM ${table} WHERE ${column} = $2 ORDER BY permission_id
       ON CONFLICT DO NOTHING`,
      [repo.repo_id, from, repo.private],
    );
  }
}
