import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings.js';
import type { Tx } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import {
  pullRequestClosed,
  pullRequestCommentDeleted,
  pullRequestCommented,
  pullRequestCommentUpdated,
  pullRequestCreated,
  pullRequestDeleted,
  pullRequestMerged,
  pullRequestReopened,
  pullRequestReviewersChanged,
  pullRequestStatusChanged,
  pullRequestUpdated,
  type EventContract,
  type PullRequestPrevious,
  type PullRequestShape,
  type RepositoryRef,
} from '../../sdk/index.js';
import { RepoEvents } from '../repos/repo-events.js';
import { ReposDirectory } from '../repos/repos.directory.js';
import type { PullRequestRecord, Remarked, ReviewStatus } from './pull-request-record.js';
import { toCommentShape, toPullRequestShape, toStatusShape } from './pull-request.view.js';

/** What happened to a pull request in one call; each part becomes an event of its own, in this order. */
export interface PullRequestChange {
  created?: boolean;
  /** As it was; members that did not change are left out of the event. */
  updatedFrom?: PullRequestRecord;
  reviewers?: { added: string[]; removed: string[]; from: PullRequestRecord };
  /** Id of the new comment, when it says something. */
  commentId?: number;
  editedComment?: { commentId: number; previousText: string };
  deletedComment?: Remarked;
  voted?: { previous: ReviewStatus | null };
  merged?: boolean;
  closed?: boolean;
  reopened?: boolean;
  deleted?: boolean;
}

interface Subject {
  repository: RepositoryRef;
  pull_request: PullRequestShape;
}

/** @param more what the event has beside its subject */
type Emit = <Type extends string, Data extends Subject>(
  contract: EventContract<Type, Data>,
  more: Omit<Data, keyof Subject>,
) => Promise<number>;

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
    const pull_request = toPullRequestShape(after, this.settings.publicUrl);
    const emit: Emit = (contract, more) =>
      this.events.record(tx, contract as EventContract<string, Subject>, caller, target, {
        pull_request,
        ...more,
      });

    if (change.created) await emit(pullRequestCreated, {});
    if (change.updatedFrom) {
      const previous = this.previous(change.updatedFrom, pull_request);
      if (Object.keys(previous).length > 0) await emit(pullRequestUpdated, { previous });
    }
    if (change.reviewers) {
      const { added, removed, from } = change.reviewers;
      const reviewers = from.reviewers.map(({ username }) => ({ username }));
      if (added.length + removed.length > 0)
        await emit(pullRequestReviewersChanged, { added, removed, previous: { reviewers } });
    }
    await this.recordComments(emit, after, change);
    const vote = after.statuses.at(-1);
    if (change.voted && vote) {
      const previous = { status: change.voted.previous };
      await emit(pullRequestStatusChanged, { status: toStatusShape(vote), previous });
    }
    if (change.merged) await emit(pullRequestMerged, {});
    if (change.closed) await emit(pullRequestClosed, {});
    if (change.reopened) await emit(pullRequestReopened, {});
    if (change.deleted) await emit(pullRequestDeleted, {});
  }

  private async recordComments(
    emit: Emit,
    after: PullRequestRecord,
    { commentId, editedComment, deletedComment }: PullRequestChange,
  ): Promise<void> {
    const shape = (id: number | undefined) => {
      const row = after.comments.find((comment) => comment.comment_id === id);
      return row && toCommentShape(row);
    };
    const made = shape(commentId);
    if (made) await emit(pullRequestCommented, { comment: made });
    const edited = shape(editedComment?.commentId);
    if (edited && editedComment) {
      const previous = { text: editedComment.previousText };
      await emit(pullRequestCommentUpdated, { comment: edited, previous });
    }
    if (deletedComment) await emit(pullRequestCommentDeleted, { comment: toCommentShape(deletedComment) });
  }

  private previous(before: PullRequestRecord, after: PullRequestShape): PullRequestPrevious {
    const { title, description, revisions, org_ref_parts, other_ref_parts } = toPullRequestShape(
      before,
      this.settings.publicUrl,
    );
    const members = { title, description, revisions, org_ref_parts, other_ref_parts };
    const changed = Object.entries(members).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(after[name as keyof typeof members]),
    );
    return Object.fromEntries(changed);
  }
}
