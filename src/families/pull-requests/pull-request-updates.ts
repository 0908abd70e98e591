import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Database, type Tx } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { conflict, refused } from '../../rpc/errors.js';
import { BranchMoves } from '../repos/branch-moves.js';
import type { RepoRecord } from '../repos/repo-record.js';
import { Comparisons, type Difference, type Located } from './comparisons.js';
import type { PullRequestRecord } from './pull-request-record.js';
import { PullRequestReader } from './pull-request-reader.js';
import { PullRequestWriter } from './pull-request-writer.js';
import { insertRemark } from './remarks.js';

/** Revisions that an update brought, left and took. */
export interface CommitsUpdate {
  added: string[];
  common: string[];
  removed: string[];
}

const ATTEMPTS = 5;

/** Open pull requests of a repository by their source ref: `branch` is null for all of them. */
const FOLLOWING = `
  SELECT pull_request_id, org_ref_type, org_ref_name, org_ref_rev FROM pull_request
  WHERE org_repo_id = $1 AND status = 'new' AND ($2::text IS NULL OR org_ref_name = $2) ORDER BY pull_request_id`;

interface Following extends Record<string, unknown> {
  pull_request_id: number;
  org_ref_type: 'branch' | 'book' | 'tag';
  org_ref_name: string;
  org_ref_rev: string;
}

/** Keeps the revisions of open pull requests equal to what their branches have. */
@Injectable()
export class PullRequestUpdates implements OnModuleInit {
  private readonly log = new Logger('PullRequestUpdates');

  constructor(
    private readonly db: Database,
    private readonly reader: PullRequestReader,
    private readonly writer: PullRequestWriter,
    private readonly comparisons: Comparisons,
    private readonly moves: BranchMoves,
  ) {}

  onModuleInit(): void {
    this.moves.follow((caller, repo, branch) => this.followBranch(caller, repo, branch));
  }

  /**
   * After a push to `branch` of the repository (null: after anything that may have moved several): every open pull
   * request from it gets the new revisions and a `pull_request.updated`. One that cannot be updated stays as it is.
   * @returns ids of those that changed
   */
  async followBranch(caller: Caller, repo: RepoRecord, branch: string | null = null): Promise<number[]> {
    const following = await this.db.query<Following>(FOLLOWING, [repo.repo_id, branch]);
    if (following.length === 0) return [];
    const refs = await this.comparisons.backend(repo).refs(this.comparisons.directory(repo), caller);
    const now = { branch: refs.branches, book: refs.bookmarks, tag: refs.tags };
    const changed: number[] = [];
    for (const { pull_request_id, org_ref_type, org_ref_name, org_ref_rev } of following) {
      const head = now[org_ref_type][org_ref_name];
      if (head === undefined || head === org_ref_rev) continue;
      try {
        const { added, removed } = await this.update(caller, pull_request_id);
        if (added.length + removed.length > 0) changed.push(pull_request_id);
      } catch (error) {
        this.log.warn(`pull request ${pull_request_id} does not follow: ${(error as Error).message}`);
      }
    }
    return changed;
  }

  /**
   * Brings one open pull request up to date with both of its branches. Where the target has everything already, the
   * revisions stay as they were.
   */
  async update(caller: Caller, id: number): Promise<CommitsUpdate> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const done = await this.tryUpdate(caller, id);
      if (done) return done;
    }
    throw conflict(`pull request \`${id}\` is being updated by others, try again`);
  }

  /** @returns null when somebody else updated it meanwhile, perhaps with something newer */
  private async tryUpdate(caller: Caller, id: number): Promise<CommitsUpdate | null> {
    const pullRequest = await this.reader.byId(id);
    if (pullRequest?.status !== 'new') throw refused(`pull request \`${id}\` is not open`);
    const failure = `pull request \`${id}\` update failed`;
    const source = await this.comparisons.sourceNow(caller, pullRequest);
    if (source === null) throw refused(`${failure}, its source ${refText(pullRequest, 'org')} is gone`);
    const target = await this.comparisons.targetNow(caller, pullRequest);
    if (target === null) throw refused(`${failure}, its target ${refText(pullRequest, 'other')} is gone`);
    const difference = await this.comparisons.compare(caller, source, target);
    if (difference.revisions.length === 0 || isSame(pullRequest, source, difference))
      return commitsUpdate(pullRequest, pullRequest.revisions);
    let isMine = true;
    await this.writer.change(
      caller,
      id,
      async (tx, before) => {
        if (before.status !== 'new') throw refused(`${failure}, pull request is closed`);
        isMine = before.org_ref_rev === pullRequest.org_ref_rev;
        if (!isMine) return {};
        await this.write(tx, caller, before, source, difference);
        return { updatedFrom: before };
      },
      async () => {
        const backend = this.comparisons.backend(source.repo);
        if (isMine) await backend.keepPullRequest(source.path, id, source.rawId, caller);
      },
    );
    return isMine ? commitsUpdate(pullRequest, difference.revisions) : null;
  }

  private async write(
    tx: Tx,
    caller: Caller,
    before: PullRequestRecord,
    source: Located,
    { ancestor, revisions }: Difference,
  ): Promise<void> {
    await tx.query(
      `UPDATE pull_request SET revisions = $2, org_ref_rev = $3, other_ref_rev = $4, updated_on = now()
       WHERE pull_request_id = $1`,
      [before.pull_request_id, revisions, source.rawId, ancestor],
    );
    const { added, removed } = commitsUpdate(before, revisions);
    if (added.length + removed.length === 0) return;
    const text = `Updated: ${count(added.length)} added, ${count(removed.length)} removed.`;
    const subject = { ...before, revisions: added };
    const status = added.length > 0 ? 'under_review' : undefined;
    await insertRemark(tx, subject, caller.principal.userId, { text, status });
  }
}

const count = (commits: number) => (commits === 1 ? '1 commit' : `${commits} commits`);

const refText = (pullRequest: PullRequestRecord, side: 'org' | 'other') =>
  `${pullRequest[`${side}_ref_type`]} \`${pullRequest[`${side}_ref_name`]}\``;

const isSame = (pullRequest: PullRequestRecord, source: Located, { ancestor, revisions }: Difference) =>
  pullRequest.org_ref_rev === source.rawId &&
  pullRequest.other_ref_rev === ancestor &&
  pullRequest.revisions.join() === revisions.join();

function commitsUpdate({ revisions }: PullRequestRecord, now: readonly string[]): CommitsUpdate {
  const [before, after] = [new Set(revisions), new Set(now)];
  return {
    added: now.filter((id) => !before.has(id)),
    common: now.filter((id) => before.has(id)),
    removed: revisions.filter((id) => !after.has(id)),
  };
}
