import { Injectable } from '@nestjs/common';
import type { Caller } from '../../rpc/call.js';
import { denied, refused } from '../../rpc/errors.js';
import { PullRequestAccess } from './pull-request-access.js';
import { CLOSE } from './pull-request-record.js';
import { PullRequestWriter } from './pull-request-writer.js';
import { insertRemark } from './remarks.js';
import { reviewResult } from './review-result.js';
import type { ClosePullRequestArgs } from './rhodecode.dto.js';

/** Closes without a merge, with a last comment and a vote that sums the review up, as RhodeCode does. */
@Injectable()
export class ClosePullRequest {
  constructor(
    private readonly access: PullRequestAccess,
    private readonly writer: PullRequestWriter,
  ) {}

  async run(caller: Caller, args: ClosePullRequestArgs) {
    const found = await this.access.requireTarget(caller.principal, args);
    const acting = await this.access.actingAs(caller.principal, found, args.userid);
    const closed = () => refused(`pull request \`${args.pullrequestid}\` is already closed`);
    if (found.status !== 'new') throw closed();
    if (!(await this.access.mayChange(acting, found))) {
      throw denied(
        'repository.write',
        `pull request \`${args.pullrequestid}\` close failed, no permission to close.`,
      );
    }
    let isApproved = false;
    await this.writer.change(caller, found.pull_request_id, async (tx, before) => {
      if (before.status !== 'new') throw closed();
      isApproved = reviewResult(before.reviewers.map(({ vote }) => vote)) === 'approved';
      const status = isApproved ? 'approved' : 'rejected';
      const text = args.message || 'Closed.';
      const { change } = await insertRemark(tx, before, acting.userId, { text, status });
      await tx.query(CLOSE, [before.pull_request_id]);
      return { ...change, closed: true };
    });
    return {
      pull_request_id: found.pull_request_id,
      close_status: isApproved ? 'Approved' : 'Rejected',
      closed: true,
    };
  }
}
