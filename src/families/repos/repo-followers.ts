import { Injectable } from '@nestjs/common';
import { doesNotExist } from '../../access/object-directory.js';
import { Database } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import type { RepoRecord } from './repo-record.js';
import { ReposDirectory } from './repos.directory.js';

export interface FollowAnswer {
  msg: string;
  /** Also when nothing had to be done. */
  success: true;
}

/** Who wants to hear of a repository; everybody for himself. */
@Injectable()
export class RepoFollowers {
  constructor(
    private readonly db: Database,
    private readonly repos: ReposDirectory,
  ) {}

  async follow(caller: Caller, repo: RepoRecord): Promise<FollowAnswer> {
    const isNew = await this.change(
      'INSERT INTO follower (repo_id, user_id) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING repo_id',
      caller,
      repo,
    );
    return {
      msg: `${isNew ? 'Started following' : 'Already following'} repository \`${repo.repo_name}\``,
      success: true,
    };
  }

  async unfollow(caller: Caller, repo: RepoRecord): Promise<FollowAnswer> {
    const wasFollowing = await this.change(
      'DELETE FROM follower WHERE repo_id = $1 AND user_id = $2 RETURNING repo_id',
      caller,
      repo,
    );
    return {
      msg: `${wasFollowing ? 'Stopped following' : 'Not following'} repository \`${repo.repo_name}\``,
      success: true,
    };
  }

  /** @returns whether it changed anything */
  private change(statement: string, caller: Caller, repo: RepoRecord): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const [found] = await tx.query('SELECT 1 FROM repo WHERE repo_id = $1 FOR KEY SHARE', [repo.repo_id]);
      if (!found) throw doesNotExist('repo', repo.repo_name);
      const rows = await tx.query(statement, [repo.repo_id, caller.principal.userId]);
      if (rows.length > 0) await this.repos.changed(tx, repo.repo_id);
      return rows.length > 0;
    });
  }
}
