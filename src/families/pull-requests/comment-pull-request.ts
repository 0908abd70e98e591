import { Injectable } from '@nestjs/common';
import { Database } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { denied, refused } from '../../rpc/errors.js';
import { PullRequestAccess } from './pull-request-access.js';
import { PullRequestEvents, type PullRequestChange } from './pull-request-events.js';
import { PullRequestReader } from './pull-request-reader.js';
import type { PullRequestRecord } from './pull-request-record.js';
import type { CommentPullRequestArgs } from './pull-requests.dto.js';
import { insertComment, insertVote } from './votes.js';

@Injectable()
export class CommentPullRequest {
  constructor(
    private readonly db: Database,
    private readonly reader: PullRequestReader,
    private readonly access: PullRequestAccess,
    private readonly events: PullRequestEvents,
  ) {}

  /** @returns true, as the wire has it */
  async run(caller: Caller, args: CommentPullRequestArgs): Promise<true> {
    const { principal } = caller;
    const found = await this.access.require(principal, args.pull_request_id, {
      unreadableSource:
        'No permission to add comment. User needs at least reading permissions to the source repository.',
    });
    const isOwner = principal.admin || found.owner_id === principal.userId;
    if (args.close_pr && !isOwner) {
      throw denied('owner', 'No permission to close pull request. User needs to be admin or owner.');
    }
    if (args.status && !isOwner && !found.reviewer_ids.includes(principal.userId)) {
      throw denied(
        'reviewer',
        'No permission to change pull request status. User needs to be admin, owner or reviewer.',
      );
    }
    await this.db.transaction(async (tx) => {
      await tx.query('SELECT 1 FROM pull_request WHERE pull_request_id = $1 FOR UPDATE', [
        found.pull_request_id,
      ]);
      const before = await this.reader.byId(found.pull_request_id, tx);
      if (before?.status !== 'new') throw refused('pull request is already closed');
      const change: PullRequestChange = {};
      if (args.comment_msg !== '' || args.status) {
        const commentId = await insertComment(tx, before, principal.userId, args.comment_msg);
        if (args.comment_msg !== '') change.commentId = commentId;
        if (args.status) {
          change.voted = { previous: await insertVote(tx, before, principal.userId, args.status, commentId) };
        }
      }
      if (args.close_pr) {
        await tx.query(
          `UPDATE pull_request SET status = 'closed', updated_on = now() WHERE pull_request_id = $1`,
          [before.pull_request_id],
        );
        change.closed = true;
      }
      const after = (await this.reader.byId(before.pull_request_id, tx)) as PullRequestRecord;
      await this.events.record(tx, caller, after, change);
    });
    return true;
  }
}
