import { Injectable } from '@nestjs/common';
import type { Caller } from '../../rpc/call.js';
import { denied, refused } from '../../rpc/errors.js';
import type { UserRecord } from '../users/user.view.js';
import { PullRequestAccess } from './pull-request-access.js';
import { PullRequestWriter } from './pull-request-writer.js';
import type { EditReviewersArgs } from './pull-requests.dto.js';
import { Reviewers } from './reviewers.js';

const CLOSED = 'Cannot edit reviewers of a closed pull request.';
const names = (users: readonly UserRecord[]) => users.map(({ username }) => username);

@Injectable()
export class EditReviewers {
  constructor(
    private readonly access: PullRequestAccess,
    private readonly reviewers: Reviewers,
    private readonly writer: PullRequestWriter,
  ) {}

  /** @returns usernames; `removed` repeats what was asked for, as Kallithea has it */
  async run(
    caller: Caller,
    args: EditReviewersArgs,
  ): Promise<{ added: string[]; already_present: string[]; removed: string[] }> {
    if (!args.add && !args.remove) throw refused("Invalid request. Neither 'add' nor 'remove' is specified.");
    const { principal } = caller;
    const { found } = await this.access.requireSeen(principal, args.pull_request_id);
    if (!this.access.isOwner(principal, found) && !(await this.access.administersTarget(principal, found))) {
      throw denied(
        'repository.admin',
        'No permission to edit reviewers of this pull request. User needs to be admin or pull request owner.',
      );
    }
    if (found.status !== 'new') throw refused(CLOSED);
    const add = await this.reviewers.from(args.add ?? [], 'add');
    const remove = await this.reviewers.from(args.remove ?? [], 'remove');
    let isNew: (user: UserRecord) => boolean = () => true;
    await this.writer.change(caller, found.pull_request_id, async (tx, before) => {
      if (before.status !== 'new') throw refused(CLOSED);
      const present = new Set(before.reviewers.map(({ user_id }) => user_id));
      isNew = ({ user_id }) => !present.has(user_id);
      return this.reviewers.replace(tx, before, add, remove);
    });
    return {
      added: names(add.filter((user) => isNew(user))),
      already_present: names(add.filter((user) => !isNew(user))),
      removed: names(remove),
    };
  }
}
