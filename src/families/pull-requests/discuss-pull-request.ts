import { Injectable } from '@nestjs/common';
import type { Caller, Principal } from '../../rpc/call.js';
import { denied, refused } from '../../rpc/errors.js';
import { Comparisons } from './comparisons.js';
import { inlinePlace, type Place } from './inline-place.js';
import { PullRequestAccess } from './pull-request-access.js';
import { REVIEW_STATUSES, type PullRequestRecord, type ReviewStatus } from './pull-request-record.js';
import { PullRequestWriter } from './pull-request-writer.js';
import { insertRemark, type Remark } from './remarks.js';
import type { DiscussPullRequestArgs } from './rhodecode.dto.js';

/** RhodeCode's `comment_pull_request`, with places in files, replies and todos. */
@Injectable()
export class DiscussPullRequest {
  constructor(
    private readonly access: PullRequestAccess,
    private readonly comparisons: Comparisons,
    private readonly writer: PullRequestWriter,
  ) {}

  async run(caller: Caller, args: DiscussPullRequestArgs) {
    const found = await this.access.requireTarget(caller.principal, args);
    const acting = await this.access.actingAs(caller.principal, found, args.userid);
    this.check(found, args);
    const status = await this.statusFor(acting, found, args);
    const place = await inlinePlace(caller, this.comparisons, found, args);
    let commentId: number | null = null;
    let wasChanged = false;
    await this.writer.change(caller, found.pull_request_id, async (tx, before) => {
      this.check(before, args);
      const remark = { ...this.remark(before, args, place), status };
      const inserted = await insertRemark(tx, before, acting.userId, remark);
      commentId = inserted.commentId;
      wasChanged = status !== undefined && inserted.change.voted?.previous !== status;
      return inserted.change;
    });
    return {
      pull_request_id: found.pull_request_id,
      comment_id: commentId,
      status: { given: args.status || null, was_changed: wasChanged },
    };
  }

  /** In the order in which RhodeCode refuses. */
  private check(pullRequest: PullRequestRecord, args: DiscussPullRequestArgs): void {
    if (pullRequest.status !== 'new') {
      throw refused(`pull request \`${args.pullrequestid}\` comment failed, pull request is closed`);
    }
    if (!args.message && !args.status) {
      throw refused('Both message and status parameters are missing. At least one is required.');
    }
    if (args.status && !REVIEW_STATUSES.includes(args.status as ReviewStatus)) {
      throw refused(`Unknown comment status: \`${args.status}\``);
    }
    if (args.commit_id && !pullRequest.revisions.includes(args.commit_id)) {
      throw refused(`Invalid commit_id \`${args.commit_id}\` for this pull request.`);
    }
  }

  /** The vote that counts: only of somebody who may vote, and not on a commit that is not the newest. */
  private async statusFor(
    acting: Principal,
    pullRequest: PullRequestRecord,
    { status, commit_id, message }: DiscussPullRequestArgs,
  ): Promise<ReviewStatus | undefined> {
    if (!status) return undefined;
    const isReviewer = pullRequest.reviewers.some(({ user_id }) => user_id === acting.userId);
    const mayVote = isReviewer || (await this.access.mayChange(acting, pullRequest));
    const isNewest = !commit_id || commit_id === pullRequest.org_ref_rev;
    if (mayVote && isNewest) return status as ReviewStatus;
    if (message) return undefined;
    if (mayVote) throw refused(`\`${commit_id}\` is not the newest commit of this pull request.`);
    throw denied(
      'reviewer',
      'No permission to change pull request status. User needs to be admin, owner or reviewer.',
    );
  }

  private remark(before: PullRequestRecord, args: DiscussPullRequestArgs, place: Place | null): Remark {
    const comment = (id: number | undefined) => before.comments.find((each) => each.comment_id === id);
    const parent = comment(args.reply_to);
    if (args.reply_to !== undefined && !parent)
      throw refused(`Invalid reply_to \`${args.reply_to}\` for this pull request.`);
    const todo = comment(args.resolves_comment_id);
    if (args.resolves_comment_id !== undefined && !todo)
      throw refused(`Invalid resolves_comment_id \`${args.resolves_comment_id}\` for this pull request.`);
    if (todo && todo.comment_type !== 'todo')
      throw refused(`Comment \`${todo.comment_id}\` is wrong type for setting status to resolved.`);
    return {
      text: args.message,
      comment_type: args.comment_type,
      f_path: place?.f_path ?? parent?.f_path ?? null,
      line_no: place?.line_no ?? parent?.line_no ?? null,
      reply_to: parent?.comment_id ?? null,
      resolves_comment_id: todo?.comment_id ?? null,
    };
  }
}
