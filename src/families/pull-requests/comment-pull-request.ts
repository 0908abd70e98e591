import { Injectable } from '@nestjs/common';
import type { Caller } from '../../rpc/call.js';
import { denied, refused } from '../../rpc/errors.js';
import { PullRequestAccess } from './pull-request-access.js';
import { CLOSE } from './pull-request-record.js';
import { PullRequestWriter } from './pull-request-writer.js';
import type { CommentPullRequestArgs } from './pull-requests.dto.js';
import { insertRemark } from './remarks.js';

/** Kallithea's `comment_pullrequest`. */
@Injectable()
export class CommentPullRequest {
  constructor(
    private readonly access: PullRequestAccess,
    private readonly writer: PullRequestWriter,
  ) {}

  /** @returns true, as the wire has it */
  async run(caller: Caller, args: CommentPullRequestArgs): Promise<true> {
    const { principal } = caller;
    const found = await this.access.requireSource(principal, args.pull_request_id, {
      unreadableSource:
        'No permission to add comment. User needs at least reading permissions to the source repository.',
    });
    const isOwner = this.access.isOwner(principal, found);
    if (args.close_pr && !isOwner) {
      throw denied('owner', 'No permission to close pull request. User needs to be admin or owner.');
    }
    if (args.status && !isOwner && !found.reviewers.some(({ user_id }) => user_id === principal.userId)) {
      throw denied(
        'reviewer',
        'No permission to change pull request status. User needs to be admin, owner or reviewer.',
      );
    }
    await this.writer.change(caller, found.pull_request_id, async (tx, before) => {
      if (before.status !== 'new') throw refused('pull request is already closed');
      const remark = { text: args.comment_msg, status: args.status };
      const { change } = await insertRemark(tx, before, principal.userId, remark);
      if (args.close_pr) await tx.query(CLOSE, [before.pull_request_id]);
      return { ...change, closed: args.close_pr };
    });
    return true;
  }
}
