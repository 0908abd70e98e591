import { Inject } from '@nestjs/common';
import { decidedBy } from '../../access/requirements.js';
import { SETTINGS, type Settings } from '../../config/settings.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import {
  pullRequestClosed,
  pullRequestCommented,
  pullRequestCreated,
  pullRequestReviewersChanged,
  pullRequestStatusChanged,
} from '../../sdk/index.js';
import { CommentPullRequest } from './comment-pull-request.js';
import { CreatePullRequest } from './create-pull-request.js';
import { EditReviewers } from './edit-reviewers.js';
import { PullRequestAccess } from './pull-request-access.js';
import { toPullRequestView } from './pull-request.view.js';
import {
  CommentPullRequestArgs,
  CreatePullRequestArgs,
  EditReviewersArgs,
  GetPullRequestArgs,
} from './pull-requests.dto.js';
import {
  CommentedPullRequest,
  CreatedPullRequest,
  EditedReviewers,
  PullRequest,
} from './pull-requests.results.js';

/** Kallithea's methods, and the one that opens a pull request. */
@RpcFamily('pull-requests')
export class PullRequestsRpc {
  constructor(
    private readonly access: PullRequestAccess,
    private readonly creation: CreatePullRequest,
    private readonly comments: CommentPullRequest,
    private readonly reviewers: EditReviewers,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @RpcMethod('create_pull_request', {
    requires: decidedBy('read on the source and on the target repository'),
    result: CreatedPullRequest,
    emits: [pullRequestCreated],
    summary: 'Open a pull request between two branches of one repository, or of a fork and its parent',
  })
  create(@Args() args: CreatePullRequestArgs, @Caller() call: RpcCall) {
    return this.creation.run(call, args);
  }

  @RpcMethod('get_pullrequest', {
    requires: decidedBy('read on the source repository'),
    result: PullRequest,
    summary: 'Show a pull request with its reviewers, comments and votes',
  })
  async get(@Args() args: GetPullRequestArgs, @Caller() call: RpcCall) {
    const found = await this.access.requireSource(call.principal, args.pullrequest_id, {
      unreadableSource: 'not allowed',
    });
    return toPullRequestView(found, this.settings.publicUrl);
  }

  @RpcMethod('comment_pullrequest', {
    requires: decidedBy('read on the source repository; to vote reviewer or owner, to close owner'),
    result: CommentedPullRequest,
    emits: [pullRequestCommented, pullRequestStatusChanged, pullRequestClosed],
    summary: 'Comment on a pull request, vote on it, close it',
  })
  comment(@Args() args: CommentPullRequestArgs, @Caller() call: RpcCall) {
    return this.comments.run(call, args);
  }

  @RpcMethod('edit_reviewers', {
    requires: decidedBy('owner of the pull request, or admin on the target repository'),
    result: EditedReviewers,
    emits: [pullRequestReviewersChanged],
    summary: 'Add reviewers to a pull request and remove others',
  })
  editReviewers(@Args() args: EditReviewersArgs, @Caller() call: RpcCall) {
    return this.reviewers.run(call, args);
  }
}
