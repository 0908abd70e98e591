import { repo } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import { changesetCommented, changesetStatusChanged } from '../../sdk/index.js';
import type { RepoRecord } from '../repos/repo-record.js';
import { ChangesetReader } from './changeset-reader.js';
import { ChangesetReviews } from './changeset-reviews.js';
import {
  CommentChangesetArgs,
  GetChangesetArgs,
  GetChangesetsArgs,
  SetChangesetStatusArgs,
} from './changesets.dto.js';
import { listOf } from '../../rpc/result-shapes.js';
import {
  ChangesetDetails,
  CommentedChangeset,
  ListedChangeset,
  ReviewedChangeset,
} from './changesets.results.js';

/** What the guard found under `repoid`. */
const named = (call: RpcCall) => call.objects.get('repoid') as RepoRecord;

@RpcFamily('changesets')
export class ChangesetsRpc {
  constructor(
    private readonly reader: ChangesetReader,
    private readonly reviews: ChangesetReviews,
  ) {}

  @RpcMethod('get_changesets', {
    requires: repo('read'),
    result: listOf(ListedChangeset),
    summary: 'List changesets, oldest first: all of them, or those between bounds, of a time or of a branch',
  })
  list(@Args() args: GetChangesetsArgs, @Caller() call: RpcCall) {
    return this.reader.list(call, named(call), args);
  }

  @RpcMethod('get_changeset', {
    requires: repo('read'),
    result: ChangesetDetails,
    summary: 'Show a changeset with the files that it touches, on request with its review and comments',
  })
  get(@Args() args: GetChangesetArgs, @Caller() call: RpcCall) {
    return this.reader.get(call, named(call), args);
  }

  @RpcMethod('comment_changeset', {
    requires: repo('read'),
    result: CommentedChangeset,
    emits: [changesetCommented, changesetStatusChanged],
    summary: 'Comment on a changeset or on a line of it; whoever may write to the repository votes as well',
  })
  comment(@Args() args: CommentChangesetArgs, @Caller() call: RpcCall) {
    return this.reviews.comment(call, named(call), args);
  }

  @RpcMethod('set_changeset_status', {
    requires: repo('write'),
    result: ReviewedChangeset,
    emits: [changesetStatusChanged],
    summary: 'Set the review status of a changeset',
  })
  setStatus(@Args() args: SetChangesetStatusArgs, @Caller() call: RpcCall) {
    return this.reviews.setStatus(call, named(call), args);
  }
}
