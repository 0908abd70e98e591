import { Injectable } from '@nestjs/common';
import { parsePermission } from '../../access/levels.js';
import { Rights } from '../../access/rights.js';
import { Database } from '../../database/database.js';
import { notFound } from '../../rpc/errors.js';
import type { RepoRecord } from '../repos/repo-record.js';
import { UsersDirectory } from '../users/users.directory.js';

@Injectable()
export class PermissionsService {
  constructor(
    private readonly db: Database,
    private readonly users: UsersDirectory,
    private readonly rights: Rights,
  ) {}

  /** One level for a user on a repository at a time: granting again replaces it. */
  async grantToUser(
    repo: RepoRecord,
    userid: number | string,
    perm: string,
  ): Promise<{ msg: string; success: true }> {
    const user = await this.users.require(userid);
    const level = parsePermission('repo', perm);
    if (level === null) throw notFound(`permission \`${perm}\` does not exist`);
    await this.db.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO repo_permission (repo_id, user_id, level) VALUES ($1, $2, $3)
         ON CONFLICT (repo_id, user_id) WHERE user_id IS NOT NULL DO UPDATE SET level = EXCLUDED.level`,
        [repo.repo_id, user.user_id, level],
      );
      await this.rights.changed(tx);
    });
    return {
      msg: `Granted perm: \`${perm}\` for user: \`${user.username}\` in repo: \`${repo.repo_name}\``,
      success: true,
    };
  }

  /** Nothing to revoke is no error. */
  async revokeFromUser(repo: RepoRecord, userid: number | string): Promise<{ msg: string; success: true }> {
    const user = await this.users.require(userid);
    await this.db.transaction(async (tx) => {
      await tx.query('DELETE FROM repo_permission WHERE repo_id = $1 AND user_id = $2', [
        repo.repo_id,
        user.user_id,
      ]);
      await this.rights.changed(tx);
    });
    return {
      msg: `Revoked perm for user: \`${user.username}\` in repo: \`${repo.repo_name}\``,
      success: true,
    };
  }
}
