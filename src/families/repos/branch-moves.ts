import { Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../../rpc/call.js';
import type { RepoRecord } from './repo-record.js';

/** @param branch null: any may have moved */
type Follower = (caller: Caller, repo: RepoRecord, branch: string | null) => Promise<unknown>;

/**
 * Tells those who follow branches that some moved: by a pull, a push or a merge. What they do is their own business;
 * the move has happened, so that nothing they run into can fail it.
 */
@Injectable()
export class BranchMoves {
  private readonly log = new Logger('BranchMoves');
  private readonly followers: Follower[] = [];

  follow(follower: Follower): void {
    this.followers.push(follower);
  }

  async happened(caller: Caller, repo: RepoRecord, branch: string | null = null): Promise<void> {
    for (const follower of this.followers) {
      try {
        await follower(caller, repo, branch);
      } catch (error) {
        this.log.warn(`after a move in \`${repo.repo_name}\`: ${(error as Error).message}`);
      }
    }
  }
}
