import { decidedBy, repo } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import { pullRequestCommentDeleted, pullRequestCommentUpdated } from '../../sdk/index.js';
import { CommentArgs, EditCommentArgs, GetRepoCommentsArgs } from './comments.dto.js';
import { CommentsService } from './comments.service.js';
import { listOf } from '../../rpc/result-shapes.js';
import { Comment, DeletedComment, EditedComment } from './comments.results.js';

const WHO = 'author of the comment, or admin on its repository (of a pull request: the target)';

@RpcFamily('comments')
export class CommentsRpc {
  constructor(private readonly comments: CommentsService) {}

  @RpcMethod('get_comment', {
    requires: decidedBy('read on the repository of the comment (of a pull request: on one of its two)'),
    result: Comment,
    summary: 'Show a comment on a pull request or on a changeset',
  })
  get(@Args() args: CommentArgs, @Caller() call: RpcCall) {
    return this.comments.get(call, args);
  }

  @RpcMethod('get_repo_comments', {
    requires: repo('read'),
    result: listOf(Comment),
    summary:
      'List the comments on changesets of a repository and on pull requests that target it, oldest first',
  })
  list(@Args() args: GetRepoCommentsArgs, @Caller() call: RpcCall) {
    return this.comments.list(call, args);
  }

  @RpcMethod('edit_comment', {
    requires: decidedBy(WHO),
    result: EditedComment,
    emits: [pullRequestCommentUpdated],
    summary: 'Change the text of a comment, if it is still the version that was read',
  })
  edit(@Args() args: EditCommentArgs, @Caller() call: RpcCall) {
    return this.comments.edit(call, args);
  }

  @RpcMethod('delete_comment', {
    requires: decidedBy(`${WHO}; not on closed pull requests`),
    result: DeletedComment,
    emits: [pullRequestCommentDeleted],
    summary: 'Delete a comment; replies and a vote that came with it stay',
  })
  delete(@Args() args: CommentArgs, @Caller() call: RpcCall) {
    return this.comments.delete(call, args);
  }
}
