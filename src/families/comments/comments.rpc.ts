import { decidedBy } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import { pullRequestCommentDeleted, pullRequestCommentUpdated } from '../../sdk/index.js';
import { DeleteCommentArgs, EditCommentArgs } from './comments.dto.js';
import { CommentsService } from './comments.service.js';

const WHO = 'author of the comment, or admin on its repository (of a pull request: the target)';

@RpcFamily('comments')
export class CommentsRpc {
  constructor(private readonly comments: CommentsService) {}

  @RpcMethod('edit_comment', {
    requires: decidedBy(WHO),
    emits: [pullRequestCommentUpdated],
    summary: 'Change the text of a comment, if it is still the version that was read',
  })
  edit(@Args() args: EditCommentArgs, @Caller() call: RpcCall) {
    return this.comments.edit(call, args);
  }

  @RpcMethod('delete_comment', {
    requires: decidedBy(`${WHO}; not on closed pull requests`),
    emits: [pullRequestCommentDeleted],
    summary: 'Delete a comment; replies and a vote that came with it stay',
  })
  delete(@Args() args: DeleteCommentArgs, @Caller() call: RpcCall) {
    return this.comments.delete(call, args);
  }
}
