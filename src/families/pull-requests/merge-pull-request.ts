import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.js';
import type { Caller, Principal } from '../../rpc/call.js';
import { conflict, refused } from '../../rpc/errors.js';
import type { RefChange } from '../../vcs/ref-changes.js';
import { VcsError, type MergeRequest, type PreparedMerge } from '../../vcs/vcs.js';
import { asFailure } from '../repos/as-failure.js';
import { Pushes } from '../repos/pushes.service.js';
import { UsersDirectory } from '../users/users.directory.js';
import type { UserRecord } from '../users/user.view.js';
import { Comparisons, type Located } from './comparisons.js';
import { blocking, MergeChecks, recordChecks, type MergeCheck } from './merge-checks.js';
import { PullRequestAccess } from './pull-request-access.js';
import type { PullRequestRecord } from './pull-request-record.js';
import { PullRequestReader } from './pull-request-reader.js';
import { PullRequestWriter } from './pull-request-writer.js';
import type { MergePullRequestArgs } from './rhodecode.dto.js';

const ATTEMPTS = 5;
const NOT_POSSIBLE = 'merge not possible for following reasons: ';

const isConflict = (error: unknown): error is VcsError =>
  error instanceof VcsError && error.code === 'CONFLICT';

/** Somebody pushed to one of the branches meanwhile, or updated the pull request. */
const isRace = (error: unknown): error is VcsError => error instanceof VcsError && error.code === 'MOVED';

const notPossible = (checks: readonly Pick<MergeCheck, 'message'>[]) =>
  refused(NOT_POSSIBLE + checks.map(({ message }) => message).join(','));

@Injectable()
export class MergePullRequest {
  constructor(
    private readonly access: PullRequestAccess,
    private readonly reader: PullRequestReader,
    private readonly writer: PullRequestWriter,
    private readonly checks: MergeChecks,
    private readonly comparisons: Comparisons,
    private readonly users: UsersDirectory,
    private readonly pushes: Pushes,
  ) {}

  async run(caller: Caller, args: MergePullRequestArgs) {
    const found = await this.access.requireTarget(caller.principal, args);
    const acting = await this.access.actingAs(caller.principal, found, args.userid);
    let race = '';
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      try {
        return await this.merge(caller, acting, found.pull_request_id);
      } catch (error) {
        if (isConflict(error)) throw notPossible([{ message: `There are ${error.message}.` }]);
        if (!isRace(error)) throw asFailure(error, `pull request \`${args.pullrequestid}\` merge failed`);
        race = error.message;
      }
    }
    throw conflict(`${NOT_POSSIBLE}${race}, try again.`);
  }

  private async merge(caller: Caller, acting: Principal, id: number) {
    const pullRequest = await this.reader.byId(id);
    if (!pullRequest) throw refused('the pull request has just been deleted');
    const { checks, source, target } = await this.checks.sides(caller, acting, pullRequest);
    const reasons = blocking(checks);
    if (reasons.length > 0 || target === null) throw notPossible(reasons);
    const contained = await this.containedIn(caller, target, source);
    const mergeCommit =
      contained === null
        ? await this.mergeInto(caller, acting, pullRequest, target, source)
        : await this.close(caller, pullRequest, contained);
    const { other_ref_type, other_ref_name } = pullRequest;
    return {
      executed: true,
      possible: true,
      failure_reason: 0,
      merge_status_message:
        contained === null ? 'The pull request is merged.' : 'The target had all the commits already.',
      merge_commit_id: mergeCommit,
      merge_ref: { type: other_ref_type, name: other_ref_name, commit_id: mergeCommit },
    };
  }

  /**
   * The commit that brought the source into the target already; null when it is not there. So a push by hand counts, and
   * so does a merge whose end a crash kept from the database.
   */
  private async containedIn(caller: Caller, target: Located, source: Located): Promise<string | null> {
    const { revisions } = await this.comparisons.compare(caller, source, target);
    if (revisions.length > 0) return null;
    const backend = this.comparisons.backend(target.repo);
    return backend.mergedBy(target.path, source.rawId, target.rawId, caller);
  }

  private async mergeInto(
    caller: Caller,
    acting: Principal,
    pullRequest: PullRequestRecord,
    target: Located,
    source: Located,
  ): Promise<string> {
    const request: MergeRequest = {
      target: {
        path: target.path,
        rawId: target.rawId,
        type: pullRequest.other_ref_type as 'branch' | 'book',
        name: pullRequest.other_ref_name,
      },
      source: { path: source.path, rawId: source.rawId },
      message: messageOf(pullRequest),
      author: identityOf(await this.users.require(acting.userId)),
    };
    const backend = this.comparisons.backend(target.repo);
    const use = async ({ rawId, publish, ...place }: PreparedMerge) => {
      const { type, name } = request.target;
      const kind = type === 'book' ? 'bookmark' : 'branch';
      const change: RefChange = { kind, name, from: target.rawId, to: rawId };
      const { pull_request_id, title, owner } = pullRequest;
      const about = { pull_request_id, title, owner };
      const reason = await this.pushes.mergeVerdict(caller, target.repo, change, place, about);
      if (reason !== null) throw notPossible([{ message: reason }]);
      const close = () => this.close(caller, pullRequest, rawId, publish);
      return this.pushes.merge(caller, target.repo, change, close);
    };
    return backend.merge(request, use, caller);
  }

  /** @param publish last before the commit; @returns the merge commit */
  private async close(
    caller: Caller,
    seen: PullRequestRecord,
    mergeCommit: string,
    publish?: () => Promise<void>,
  ): Promise<string> {
    const work = async (tx: Tx, before: PullRequestRecord) => {
      if (before.org_ref_rev !== seen.org_ref_rev)
        throw new VcsError('MOVED', 'the source was updated meanwhile');
      const reasons = blocking(recordChecks(before));
      if (reasons.length > 0) throw notPossible(reasons);
      await tx.query(
        `UPDATE pull_request SET status = 'closed', merge_commit = $2, merged_at = now(), updated_on = now()
         WHERE pull_request_id = $1`,
        [before.pull_request_id, mergeCommit],
      );
      return { merged: true, closed: true };
    };
    await this.writer.change(caller, seen.pull_request_id, work, publish);
    return mergeCommit;
  }
}

const messageOf = ({ pull_request_id, org_repo_name, org_ref_name, title }: PullRequestRecord) =>
  `Merge pull request #${pull_request_id} from ${org_repo_name} ${org_ref_name}\n\n${title}`;

/** Name and address as version control can write them: on one line and without angle brackets. */
function identityOf(user: UserRecord): { name: string; email: string } {
  const clean = (text: string) => text.replace(/[<>\p{Cc}]/gu, '').trim();
  const name = clean(`${user.firstname} ${user.lastname}`);
  return { name: /[\p{L}\p{N}]/u.test(name) ? name : user.username, email: clean(user.email ?? '') };
}
