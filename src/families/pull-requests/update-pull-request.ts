import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { denied, refused } from '../../rpc/errors.js';
import type { UserRecord } from '../users/user.view.js';
import { Overviews } from './overviews.js';
import { PullRequestAccess } from './pull-request-access.js';
import type { PullRequestChange } from './pull-request-events.js';
import type { PullRequestRecord } from './pull-request-record.js';
import { PullRequestUpdates, type CommitsUpdate } from './pull-request-updates.js';
import { PullRequestWriter } from './pull-request-writer.js';
import type { UpdatePullRequestArgs } from './rhodecode.dto.js';
import { Reviewers } from './reviewers.js';

const NOTHING: CommitsUpdate = { added: [], common: [], removed: [] };

@Injectable()
export class UpdatePullRequest {
  constructor(
    private readonly access: PullRequestAccess,
    private readonly reviewers: Reviewers,
    private readonly updates: PullRequestUpdates,
    private readonly writer: PullRequestWriter,
    private readonly overviews: Overviews,
  ) {}

  /** What is empty stays as it is. */
  async run(caller: Caller, args: UpdatePullRequestArgs) {
    const { principal } = caller;
    const found = await this.access.requireTarget(principal, args);
    const id = found.pull_request_id;
    const failure = `pull request \`${args.pullrequestid}\` update failed`;
    if (!(await this.access.mayChange(principal, found)))
      throw denied('repository.write', `${failure}, no permission to update.`);
    const closed = () => refused(`${failure}, pull request is closed`);
    if (found.status !== 'new') throw closed();
    const wanted = await this.reviewers.from(args.reviewers, 'reviewers');
    const commits = args.update_commits ? await this.updates.update(caller, id) : null;
    let reviewers: PullRequestChange['reviewers'];
    const after = await this.writer.change(caller, id, async (tx, before) => {
      if (before.status !== 'new') throw closed();
      await this.write(tx, before, args);
      const change = wanted.length > 0 ? await this.replaceReviewers(tx, before, wanted) : {};
      reviewers = change.reviewers;
      return { ...change, updatedFrom: before };
    });
    return {
      msg: `Updated pull request \`${id}\``,
      pull_request: await this.overviews.one(after),
      updated_commits: commits ? { ...commits, total: after.revisions } : NOTHING,
      updated_reviewers: { added: reviewers?.added ?? [], removed: reviewers?.removed ?? [] },
      updated_observers: { added: [], removed: [] },
    };
  }

  private async write(tx: Tx, before: PullRequestRecord, args: UpdatePullRequestArgs): Promise<void> {
    const title = args.title.trim() || before.title;
    const description = args.description || before.description;
    if (title === before.title && description === before.description) return;
    await tx.query(
      'UPDATE pull_request SET title = $2, description = $3, updated_on = now() WHERE pull_request_id = $1',
      [before.pull_request_id, title, description],
    );
  }

  private replaceReviewers(tx: Tx, before: PullRequestRecord, wanted: readonly UserRecord[]) {
    const stays = new Set(wanted.map(({ user_id }) => user_id));
    const goes = before.reviewers.filter(({ user_id }) => !stays.has(user_id));
    return this.reviewers.replace(tx, before, wanted, goes);
  }
}
