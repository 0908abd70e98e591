import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings.js';
import type { Tx } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import {
  pullRequestClosed,
  pullRequestCommented,
  pullRequestCreated,
  pullRequestStatusChanged,
} from '../../sdk/index.js';
import { RepoEvents } from '../repos/repo-events.js';
import { ReposDirectory } from '../repos/repos.directory.js';
import type { PullRequestRecord, ReviewStatus } from './pull-request-record.js';
import { toCommentShape, toPullRequestShape, toStatusShape } from './pull-request.view.js';

/** What happened to a pull request in one call; each part becomes an event of its own. */
export interface PullRequestChange {
  created?: boolean;
  /** Id of the new comment, when it says something. */
  commentId?: number;
  voted?: { previous: ReviewStatus | null };
  closed?: boolean;
}

/** Records the events of a change, all with the pull request as it is after the whole of it. */
@Injectable()
export class PullRequestEvents {
  constructor(
    private readonly events: RepoEvents,
    private readonly repos: ReposDirectory,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async record(tx: Tx, caller: Caller, after: PullRequestRecord, change: PullRequestChange): Promise<void> {
    const target = await this.repos.loadExisting(tx, after.other_repo_id);
    const data = { pull_request: toPullRequestShape(after, this.settings.publicUrl) };
    if (change.created) await this.events.record(tx, pullRequestCreated, caller, target, data);
    const comment = after.comments.find((each) => each.comment_id === change.commentId);
    if (comment) {
      await this.events.record(tx, pullRequestCommented, caller, target, {
        ...data,
        comment: toCommentShape(comment),
      });
    }
    const vote = after.statuses.at(-1);
    if (change.voted && vote) {
      await this.events.record(tx, pullRequestStatusChanged, caller, target, {
        ...data,
        status: toStatusShape(vote),
        previous: { status: change.voted.previous },
      });
    }
    if (change.closed) await this.events.record(tx, pullRequestClosed, caller, target, data);
  }
}
