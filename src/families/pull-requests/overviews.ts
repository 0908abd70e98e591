import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { Database } from '../../database/database.js';
import type { RepoRecord } from '../repos/repo-record.js';
import { USER_COLUMNS, type UserRecord } from '../users/user.view.js';
import { groupById } from './group-by-id.js';
import { PULL_REQUESTS, REVIEWERS, type PullRequestRow, type ReviewerRow } from './pull-request-record.js';
import type { GetPullRequestsArgs } from './rhodecode.dto.js';
import { NOT_ASKED, toOverview, type Mergeable, type Overview } from './rhodecode.view.js';

const USERS = `SELECT ${USER_COLUMNS} FROM "user" u WHERE u.user_id = ANY($1)`;

const OF_TARGET = `${PULL_REQUESTS}
  WHERE p.other_repo_id = $1
    AND ($2 = 'all' OR p.status = $2)
    AND ($3::int IS NULL OR p.pull_request_id < $3)
    AND ($4::int IS NULL OR p.owner_id = $4)
    AND ($5::int IS NULL OR EXISTS (
      SELECT 1 FROM pull_request_reviewer v WHERE v.pull_request_id = p.pull_request_id AND v.user_id = $5))
  ORDER BY p.pull_request_id DESC LIMIT $6`;

/** Pull requests in RhodeCode's words; three queries whatever their number. */
@Injectable()
export class Overviews {
  constructor(
    private readonly db: Database,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** The newest first. */
  async ofTarget(
    repo: RepoRecord,
    { status, limit, cursor }: GetPullRequestsArgs,
    people: { author: number | null; reviewer: number | null },
  ): Promise<Overview[]> {
    const rows = await this.db.query<PullRequestRow>(OF_TARGET, [
      repo.repo_id,
      status,
      cursor ?? null,
      people.author,
      people.reviewer,
      limit ?? null,
    ]);
    return this.of(rows, NOT_ASKED);
  }

  async one(row: PullRequestRow, mergeable: Mergeable = NOT_ASKED): Promise<Overview> {
    const [overview] = await this.of([row], mergeable);
    return overview as Overview;
  }

  private async of(rows: readonly PullRequestRow[], mergeable: Mergeable): Promise<Overview[]> {
    if (rows.length === 0) return [];
    const reviewers = await this.db.query<ReviewerRow>(REVIEWERS, [rows.map((row) => row.pull_request_id)]);
    const ids = [...rows.map((row) => row.owner_id), ...reviewers.map((reviewer) => reviewer.user_id)];
    const users = await this.db.query<UserRecord & Record<string, unknown>>(USERS, [[...new Set(ids)]]);
    const userOf = new Map(users.map((user) => [user.user_id, user]));
    const reviewersOf = groupById(reviewers);
    return rows.map((row) =>
      toOverview(row, reviewersOf.get(row.pull_request_id) ?? [], userOf, this.settings.publicUrl, mergeable),
    );
  }
}
