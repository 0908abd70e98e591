import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Caller, Principal } from '../../rpc/call.js';
import { describeConflicts } from '../../vcs/merge-conflicts.js';
import { asFailure } from '../repos/as-failure.js';
import { RepoLocks } from '../repos/repo-locks.js';
import { Comparisons, type Located } from './comparisons.js';
import { PullRequestAccess } from './pull-request-access.js';
import type { CommentRow, PullRequestRecord } from './pull-request-record.js';
import { reviewResult } from './review-result.js';
import type { Mergeable } from './rhodecode.view.js';

export interface MergeCheck {
  name:
    | 'open'
    | 'wip'
    | 'permission'
    | 'lock'
    | 'review'
    | 'todo'
    | 'target'
    | 'conflict'
    | 'target_moved'
    | 'source_moved';
  passed: boolean;
  /** Whether it stands in the way of a merge when it is not passed. */
  blocks: boolean;
  message: string;
}

/** Where the two sides are, and what can be said without trying a merge. */
export interface MergeSides {
  source: Located;
  /** Null: its branch is gone. */
  target: Located | null;
  checks: MergeCheck[];
}

const WIP = /^(?:\[WIP\]|WIP:|WIP )/i;

const check = (name: MergeCheck['name'], passed: boolean, message: string, blocks = true): MergeCheck => ({
  name,
  passed,
  blocks,
  message,
});

/** What stands in the way of a merge. */
@Injectable()
export class MergeChecks {
  /** Two commits conflict or they do not, for ever. */
  private readonly conflicts = new LRUCache<string, string[]>({ max: 1_000 });
  private readonly trials = new Map<string, Promise<unknown>>();

  constructor(
    private readonly access: PullRequestAccess,
    private readonly comparisons: Comparisons,
    private readonly locks: RepoLocks,
  ) {}

  /** All of them, which takes a trial where the commits were not tried before. @param principal who would merge */
  async mergeable(
    caller: Caller,
    principal: Principal,
    pullRequest: PullRequestRecord,
  ): Promise<Mergeable & { checks: MergeCheck[] }> {
    const { source, target, checks } = await this.sides(caller, principal, pullRequest);
    if (target !== null) {
      checks.push(await this.conflictCheck(caller, target, source));
      const isWhereItWas = target.rawId === pullRequest.other_ref_rev;
      checks.push(check('target_moved', isWhereItWas, 'The target has commits of its own.', false));
    }
    const now = await this.comparisons.sourceNow(caller, pullRequest);
    const isCurrent = now === null || now.rawId === source.rawId;
    checks.push(
      check(
        'source_moved',
        isCurrent,
        'The source branch has newer commits, which would be left out.',
        false,
      ),
    );
    const reasons = blocking(checks).map(({ message }) => message);
    return {
      status: reasons.length === 0,
      message: reasons.join(' ') || 'The pull request can be merged.',
      checks,
    };
  }

  async sides(caller: Caller, principal: Principal, pullRequest: PullRequestRecord): Promise<MergeSides> {
    const mayWrite = await this.access.writesTarget(principal, pullRequest);
    const source = await this.comparisons.source(pullRequest);
    const target = await this.comparisons.targetNow(caller, pullRequest);
    const lock = target && (await this.locks.current(target.repo));
    const isFree = !lock || lock.user_id === principal.userId;
    const isBranch = target !== null && pullRequest.other_ref_type !== 'tag';
    const checks = [
      ...recordChecks(pullRequest),
      check('permission', mayWrite, `User \`${principal.username}\` not allowed to perform merge.`),
      check('lock', isFree, `The target repository is locked${lock ? ` by \`${lock.username}\`` : ''}.`),
      check('target', isBranch, 'The target branch does not exist.'),
    ];
    return { source, target, checks };
  }

  /** Many may ask at once; one of them tries. */
  private async conflictCheck(caller: Caller, target: Located, source: Located): Promise<MergeCheck> {
    const key = `${target.repo.repo_type}:${target.rawId}:${source.rawId}`;
    for (;;) {
      const files = this.conflicts.get(key);
      if (files) return check('conflict', files.length === 0, `There are ${describeConflicts(files)}.`);
      const running = this.trials.get(key);
      if (running) await running.catch(() => undefined);
      else await this.tryMerge(caller, target, source, key);
    }
  }

  private async tryMerge(caller: Caller, target: Located, source: Located, key: string): Promise<void> {
    const trial = this.comparisons.backend(target.repo).mergeConflicts(target, source, caller);
    this.trials.set(key, trial);
    try {
      this.conflicts.set(key, await trial);
    } catch (error) {
      throw asFailure(error, 'the merge could not be tried');
    } finally {
      this.trials.delete(key);
    }
  }
}

/** Those that need nothing but the record, and can therefore be asked again inside the transaction. */
export function recordChecks(pullRequest: PullRequestRecord): MergeCheck[] {
  const result = reviewResult(pullRequest.reviewers.map(({ vote }) => vote));
  const open = openTodos(pullRequest.comments).length;
  return [
    check('open', pullRequest.status === 'new', 'This pull request is closed.'),
    check('wip', !WIP.test(pullRequest.title), 'WIP marker in title prevents from accidental merge.'),
    check(
      'review',
      pullRequest.reviewers.length === 0 || result === 'approved',
      result === 'rejected'
        ? 'A reviewer rejected the pull request.'
        : 'Pull request reviewer approval is pending.',
    ),
    check('todo', open === 0, `Cannot merge, ${open} ${open === 1 ? 'TODO' : 'TODOs'} still not resolved.`),
  ];
}

export const blocking = (checks: readonly MergeCheck[]) =>
  checks.filter(({ passed, blocks }) => blocks && !passed);

/** Todos that no other comment settles. */
function openTodos(comments: readonly CommentRow[]): CommentRow[] {
  const settled = new Set(comments.map((comment) => comment.resolves_comment_id));
  return comments.filter(
    ({ comment_type, comment_id }) => comment_type === 'todo' && !settled.has(comment_id),
  );
}
