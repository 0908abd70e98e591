import { Inject, Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { Database, type Tx } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { denied, invalidParams, refused } from '../../rpc/errors.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VcsError, VersionControl } from '../../vcs/vcs.js';
import { asFailure } from '../repos/repo-creation.js';
import type { RepoRecord } from '../repos/repo-record.js';
import { UsersDirectory } from '../users/users.directory.js';
import { PullRequestEvents } from './pull-request-events.js';
import { PullRequestReader } from './pull-request-reader.js';
import type { PullRequestRecord } from './pull-request-record.js';
import { toPullRequestView } from './pull-request.view.js';
import type { CreatePullRequestArgs } from './pull-requests.dto.js';
import { parseRef, type GivenRef } from './source-ref.js';
import { insertComment, insertVote } from './votes.js';

const MAX_REVISIONS = 10_000;

interface Side {
  repo: RepoRecord;
  ref: GivenRef;
  path: string;
  rawId: string;
}

@Injectable()
export class CreatePullRequest {
  constructor(
    private readonly db: Database,
    private readonly access: Access,
    private readonly users: UsersDirectory,
    private readonly reader: PullRequestReader,
    private readonly events: PullRequestEvents,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async run(caller: Caller, args: CreatePullRequestArgs) {
    const { principal } = caller;
    const sourceRepo = await this.access.require<RepoRecord>(principal, 'repo', args.source_repo, 'read');
    const targetRepo = await this.access.require<RepoRecord>(principal, 'repo', args.target_repo, 'read');
    if (sourceRepo.repo_type !== targetRepo.repo_type) {
      throw refused(
        `source and target must be of one type: \`${sourceRepo.repo_name}\` is ${sourceRepo.repo_type}, ` +
          `\`${targetRepo.repo_name}\` is ${targetRepo.repo_type}`,
      );
    }
    const ownerId = await this.ownerFor(caller, args.owner);
    const reviewerIds = await this.reviewersFrom(args.reviewers);
    const source = await this.side(caller, sourceRepo, args.source_ref);
    const target = await this.side(caller, targetRepo, args.target_ref);
    const { ancestor, revisions } = await this.compare(caller, source, target);
    const title =
      args.title.trim() || `${sourceRepo.repo_name}#${source.ref.name} to ${targetRepo.repo_name}`;
    const created = await this.db.transaction(async (tx) => {
      const id = await this.insert(tx, { args, title, ownerId, source, target, ancestor, revisions });
      await tx.query(
        `INSERT INTO pull_request_reviewer (pull_request_id, user_id) SELECT $1, unnest($2::int[])`,
        [id, reviewerIds],
      );
      const pullRequest = { pull_request_id: id, org_repo_id: sourceRepo.repo_id, revisions };
      const commentId = await insertComment(tx, pullRequest, ownerId, '');
      await insertVote(tx, pullRequest, ownerId, 'under_review', commentId);
      const record = (await this.reader.byId(id, tx)) as PullRequestRecord;
      await this.events.record(tx, caller, record, { created: true });
      await this.vcs.backend(sourceRepo.repo_type).keepPullRequest(source.path, id, source.rawId, caller);
      return record;
    });
    const view = toPullRequestView(created, this.settings.publicUrl);
    return {
      msg: `Created new pull request \`${title}\``,
      pull_request_id: view.pull_request_id,
      url: view.url,
      revisions: view.revisions,
    };
  }

  private async ownerFor(caller: Caller, given: number | string | undefined): Promise<number> {
    if (given === undefined) return caller.principal.userId;
    if (!caller.principal.admin)
      throw denied('hg.admin', 'Only RhodeCode super-admin can specify `owner` param');
    return (await this.users.require(given)).user_id;
  }

  /** Accepts ids, names and RhodeCode's `{username, ...}` objects, each once. */
  private async reviewersFrom(given: readonly unknown[]): Promise<number[]> {
    const ids = new Set<number>();
    for (const item of given) {
      const name =
        typeof item === 'object' && item !== null ? (item as { username?: unknown }).username : item;
      if (typeof name !== 'string' && typeof name !== 'number') {
        throw invalidParams(
          'argument `reviewers` must be a list of user ids or names, or of objects with `username`',
        );
      }
      const { user_id } = await this.users.require(name);
      if (user_id === DEFAULT_USER_ID) throw refused('the default user cannot review');
      ids.add(user_id);
    }
    return [...ids];
  }

  private async side(caller: Caller, repo: RepoRecord, text: string): Promise<Side> {
    const ref = parseRef(text);
    const path = this.root.directory(repo.repo_name);
    const backend = this.vcs.backend(repo.repo_type);
    try {
      const head = await backend.resolveRef(path, ref.type, ref.name, caller);
      return {
        repo,
        ref,
        path,
        rawId: ref.commit === null ? head : await backend.resolve(path, ref.commit, caller),
      };
    } catch (error) {
      if (!(error instanceof VcsError) || error.code === 'ABORTED')
        throw asFailure(error, `Ref \`${text}\` does not exist`);
      if (error.code === 'REF_NOT_FOUND') {
        throw refused(
          `The specified value:${ref.type}:\`${ref.name}\` does not exist, or is not allowed.`,
          error,
        );
      }
      throw refused(`Ref \`${text}\` does not exist`, error);
    }
  }

  private async compare(
    caller: Caller,
    source: Side,
    target: Side,
  ): Promise<{ ancestor: string; revisions: string[] }> {
    const backend = this.vcs.backend(source.repo.repo_type);
    const { ancestor, revisions } = await backend
      .compare(source, target, caller)
      .catch((error: unknown) =>
        Promise.reject(asFailure(error, 'failed to compare the specified references')),
      );
    if (ancestor === null) throw refused('no common ancestor found between specified references');
    if (revisions.length === 0) throw refused('no commits found for merge between specified references');
    if (revisions.length > MAX_REVISIONS) {
      throw refused(
        `a pull request may have ${MAX_REVISIONS} commits at most, this one would have ${revisions.length}`,
      );
    }
    return { ancestor, revisions };
  }

  private async insert(
    tx: Tx,
    pull: {
      args: CreatePullRequestArgs;
      title: string;
      ownerId: number;
      source: Side;
      target: Side;
      ancestor: string;
      revisions: string[];
    },
  ): Promise<number> {
    const { args, title, ownerId, source, target, ancestor, revisions } = pull;
    const [row] = await tx.query<{ pull_request_id: number }>(
      `INSERT INTO pull_request (title, description, owner_id, org_repo_id, org_ref_type, org_ref_name, org_ref_rev,
         other_repo_id, other_ref_type, other_ref_name, other_ref_rev, revisions)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING pull_request_id`,
      [
        title,
        args.description,
        ownerId,
        source.repo.repo_id,
        source.ref.type,
        source.ref.name,
        source.rawId,
        target.repo.repo_id,
        target.ref.type,
        target.ref.name,
        ancestor,
        revisions,
      ],
    );
    return (row as { pull_request_id: number }).pull_request_id;
  }
}
