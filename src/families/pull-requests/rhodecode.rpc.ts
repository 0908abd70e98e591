import { decidedBy, repo } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import {
  pullRequestClosed,
  pullRequestCommented,
  pullRequestDeleted,
  pullRequestMerged,
  pullRequestReopened,
  pullRequestReviewersChanged,
  pullRequestStatusChanged,
  pullRequestUpdated,
  repoPushed,
} from '../../sdk/index.js';
import { ClosePullRequest } from './close-pull-request.js';
import { DeletePullRequest } from './delete-pull-request.js';
import { DiscussPullRequest } from './discuss-pull-request.js';
import { MergePullRequest } from './merge-pull-request.js';
import { OverviewReader } from './overview-reader.js';
import { ReopenPullRequest } from './reopen-pull-request.js';
import {
  ClosePullRequestArgs,
  DiscussPullRequestArgs,
  GetPullRequestCommentsArgs,
  GetPullRequestDiffArgs,
  GetPullRequestOverviewArgs,
  GetPullRequestsArgs,
  MergePullRequestArgs,
  PullRequestArgs,
  UpdatePullRequestArgs,
} from './rhodecode.dto.js';
import { UpdatePullRequest } from './update-pull-request.js';
import { listOf } from '../../rpc/result-shapes.js';
import { Comment } from '../comments/comments.results.js';
import {
  ClosedPullRequest,
  DeletedPullRequest,
  DiscussedPullRequest,
  MergedPullRequest,
  PullRequestDiff,
  PullRequestOverview,
  ReopenedPullRequest,
  UpdatedPullRequest,
} from './rhodecode.results.js';

const READ = decidedBy('read on the target repository');
const AUTHOR_OR_WRITE = 'read on the target repository; author of the pull request, or write on the target';

/** The methods that RhodeCode brought, and those that go with them. */
@RpcFamily('pull-requests')
export class RhodeCodePullRequestsRpc {
  constructor(
    private readonly reader: OverviewReader,
    private readonly updates: UpdatePullRequest,
    private readonly discussion: DiscussPullRequest,
    private readonly merges: MergePullRequest,
    private readonly closing: ClosePullRequest,
    private readonly reopening: ReopenPullRequest,
    private readonly deletion: DeletePullRequest,
  ) {}

  @RpcMethod('get_pull_request', {
    requires: READ,
    result: PullRequestOverview,
    summary: 'Show a pull request, on request with what stands in the way of a merge',
  })
  get(@Args() args: GetPullRequestOverviewArgs, @Caller() call: RpcCall) {
    return this.reader.get(call, args);
  }

  @RpcMethod('get_pull_requests', {
    requires: repo('read'),
    result: listOf(PullRequestOverview),
    summary: 'List the pull requests that target a repository, the newest first',
  })
  list(@Args() args: GetPullRequestsArgs, @Caller() call: RpcCall) {
    return this.reader.list(call, args);
  }

  @RpcMethod('get_pull_request_comments', {
    requires: READ,
    result: listOf(Comment),
    summary: 'List the comments of a pull request, those on lines first',
  })
  comments(@Args() args: GetPullRequestCommentsArgs, @Caller() call: RpcCall) {
    return this.reader.comments(call, args);
  }

  @RpcMethod('get_pull_request_diff', {
    requires: READ,
    result: PullRequestDiff,
    summary: 'Show what a pull request changes: its files, and the difference in git format',
  })
  diff(@Args() args: GetPullRequestDiffArgs, @Caller() call: RpcCall) {
    return this.reader.diff(call, args);
  }

  @RpcMethod('update_pull_request', {
    requires: decidedBy(AUTHOR_OR_WRITE),
    result: UpdatedPullRequest,
    emits: [pullRequestUpdated, pullRequestReviewersChanged],
    summary: 'Change title, description and reviewers, and take over new commits of the source branch',
  })
  update(@Args() args: UpdatePullRequestArgs, @Caller() call: RpcCall) {
    return this.updates.run(call, args);
  }

  @RpcMethod('comment_pull_request', {
    requires: decidedBy(
      'read on the target repository; a vote counts of reviewers, the author and who writes to the target',
    ),
    result: DiscussedPullRequest,
    emits: [pullRequestCommented, pullRequestStatusChanged],
    summary: 'Comment on a pull request or on a line of it, answer, set and settle todos, vote',
  })
  comment(@Args() args: DiscussPullRequestArgs, @Caller() call: RpcCall) {
    return this.discussion.run(call, args);
  }

  @RpcMethod('merge_pull_request', {
    requires: decidedBy('read on the target repository; write on it to merge'),
    result: MergedPullRequest,
    emits: [pullRequestMerged, pullRequestClosed, pullRequestUpdated, repoPushed],
    summary: 'Merge a pull request into its target and close it',
  })
  merge(@Args() args: MergePullRequestArgs, @Caller() call: RpcCall) {
    return this.merges.run(call, args);
  }

  @RpcMethod('close_pull_request', {
    requires: decidedBy(AUTHOR_OR_WRITE),
    result: ClosedPullRequest,
    emits: [pullRequestCommented, pullRequestStatusChanged, pullRequestClosed],
    summary: 'Close a pull request without merging it',
  })
  close(@Args() args: ClosePullRequestArgs, @Caller() call: RpcCall) {
    return this.closing.run(call, args);
  }

  @RpcMethod('reopen_pull_request', {
    requires: decidedBy(AUTHOR_OR_WRITE),
    result: ReopenedPullRequest,
    emits: [pullRequestReopened, pullRequestUpdated],
    summary: 'Open a pull request again that was closed without a merge',
  })
  reopen(@Args() args: PullRequestArgs, @Caller() call: RpcCall) {
    return this.reopening.run(call, args);
  }

  @RpcMethod('delete_pull_request', {
    requires: decidedBy('read on the target repository; author of the pull request, or admin on the target'),
    result: DeletedPullRequest,
    emits: [pullRequestDeleted],
    summary: 'Delete an open pull request with its comments and votes',
  })
  delete(@Args() args: PullRequestArgs, @Caller() call: RpcCall) {
    return this.deletion.run(call, args);
  }
}
