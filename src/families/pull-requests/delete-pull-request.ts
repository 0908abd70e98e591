import { Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../../rpc/call.js';
import { denied, refused } from '../../rpc/errors.js';
import { Comparisons } from './comparisons.js';
import { PullRequestAccess } from './pull-request-access.js';
import { PullRequestWriter } from './pull-request-writer.js';
import type { PullRequestArgs } from './rhodecode.dto.js';

@Injectable()
export class DeletePullRequest {
  private readonly log = new Logger('DeletePullRequest');

  constructor(
    private readonly access: PullRequestAccess,
    private readonly comparisons: Comparisons,
    private readonly writer: PullRequestWriter,
  ) {}

  /** Its author and administrators of the target, while it is open: what is closed is history. */
  async run(caller: Caller, args: PullRequestArgs) {
    const { principal } = caller;
    const found = await this.access.requireTarget(principal, args);
    const id = found.pull_request_id;
    if (!this.access.isOwner(principal, found) && !(await this.access.administersTarget(principal, found))) {
      throw denied('repository.admin', `pull request \`${id}\` delete failed, no permission to delete.`);
    }
    const source = await this.comparisons.source(found);
    await this.writer.delete(caller, id, ({ status }) => {
      if (status !== 'new') throw refused(`pull request \`${id}\` delete failed, pull request is closed`);
    });
    await this.comparisons
      .backend(source.repo)
      .dropPullRequest(source.path, id, caller)
      .catch((error: Error) => this.log.warn(`commits of pull request ${id} stay: ${error.message}`));
    return { msg: `Deleted pull request \`${id}\``, pull_request_id: id };
  }
}
