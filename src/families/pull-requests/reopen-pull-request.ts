import { Injectable, Logger } from '@nestjs/common';
import type { Caller } from '../../rpc/call.js';
import { denied, refused } from '../../rpc/errors.js';
import { PullRequestAccess } from './pull-request-access.js';
import type { PullRequestRecord } from './pull-request-record.js';
import { PullRequestUpdates } from './pull-request-updates.js';
import { PullRequestWriter } from './pull-request-writer.js';
import type { PullRequestArgs } from './rhodecode.dto.js';

@Injectable()
export class ReopenPullRequest {
  private readonly log = new Logger('ReopenPullRequest');

  constructor(
    private readonly access: PullRequestAccess,
    private readonly updates: PullRequestUpdates,
    private readonly writer: PullRequestWriter,
  ) {}

  async run(caller: Caller, args: PullRequestArgs) {
    const found = await this.access.requireTarget(caller.principal, args);
    const id = found.pull_request_id;
    if (!(await this.access.mayChange(caller.principal, found))) {
      throw denied('repository.write', `pull request \`${id}\` reopen failed, no permission to reopen.`);
    }
    const check = ({ status, merged_at }: PullRequestRecord) => {
      if (status === 'new') throw refused(`pull request \`${id}\` is not closed`);
      if (merged_at !== null) throw refused(`pull request \`${id}\` is merged and cannot be reopened`);
    };
    check(found);
    await this.writer.change(caller, id, async (tx, before) => {
      check(before);
      await tx.query(
        `UPDATE pull_request SET status = 'new', updated_on = now() WHERE pull_request_id = $1`,
        [id],
      );
      return { reopened: true };
    });
    await this.catchUp(caller, id);
    return { pull_request_id: id, status: 'new' };
  }

  /** The branches went on while it was closed; one that is gone keeps nobody from talking on. */
  private async catchUp(caller: Caller, id: number): Promise<void> {
    try {
      await this.updates.update(caller, id);
    } catch (error) {
      this.log.warn(`pull request ${id} is open with its old revisions: ${(error as Error).message}`);
    }
  }
}
