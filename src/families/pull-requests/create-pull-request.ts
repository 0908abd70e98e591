import { Inject, Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { Database, type Tx } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { denied, refused } from '../../rpc/errors.js';
import { VcsError } from '../../vcs/vcs.js';
import { asFailure } from '../repos/as-failure.js';
import type { RepoRecord } from '../repos/repo-record.js';
import { UsersDirectory } from '../users/users.directory.js';
import { Comparisons, type Difference, type Located } from './comparisons.js';
import { PullRequestEvents } from './pull-request-events.js';
import { PullRequestReader } from './pull-request-reader.js';
import { toPullRequestView } from './pull-request.view.js';
import type { CreatePullRequestArgs } from './pull-requests.dto.js';
import { insertRemark } from './remarks.js';
import { Reviewers } from './reviewers.js';
import { parseRef, type GivenRef } from './source-ref.js';

interface GivenSide extends Located {
  ref: GivenRef;
}

@Injectable()
export class CreatePullRequest {
  constructor(
    private readonly db: Database,
    private readonly access: Access,
    private readonly users: UsersDirectory,
    private readonly reader: PullRequestReader,
    private readonly reviewers: Reviewers,
    private readonly events: PullRequestEvents,
    private readonly comparisons: Comparisons,
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
    const reviewers = await this.reviewers.from(args.reviewers, 'reviewers');
    const source = await this.side(caller, sourceRepo, args.source_ref);
    const target = await this.side(caller, targetRepo, args.target_ref);
    const difference = await this.comparisons.compare(caller, source, target);
    const { revisions } = difference;
    if (revisions.length === 0) throw refused('no commits found for merge between specified references');
    const title =
      args.title.trim() || `${sourceRepo.repo_name}#${source.ref.name} to ${targetRepo.repo_name}`;
    const created = await this.db.transaction(async (tx) => {
      const id = await this.insert(tx, { args, title, ownerId, source, target, difference });
      await this.reviewers.add(tx, id, reviewers);
      const pullRequest = { pull_request_id: id, org_repo_id: sourceRepo.repo_id, revisions };
      await insertRemark(tx, pullRequest, ownerId, { text: '', status: 'under_review' });
      const record = await this.reader.existing(tx, id);
      await this.events.record(tx, caller, record, { created: true });
      await this.comparisons.backend(sourceRepo).keepPullRequest(source.path, id, source.rawId, caller);
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

  private async side(caller: Caller, repo: RepoRecord, text: string): Promise<GivenSide> {
    const ref = parseRef(text);
    const path = this.comparisons.directory(repo);
    const backend = this.comparisons.backend(repo);
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

  private async insert(
    tx: Tx,
    pull: {
      args: CreatePullRequestArgs;
      title: string;
      ownerId: number;
      source: GivenSide;
      target: GivenSide;
      difference: Difference;
    },
  ): Promise<number> {
    const { args, title, ownerId, source, target, difference } = pull;
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
        difference.ancestor,
        difference.revisions,
      ],
    );
    return (row as { pull_request_id: number }).pull_request_id;
  }
}
