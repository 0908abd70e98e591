import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { Database, type Sql } from '../../database/database.js';
import {
  COMMENTS,
  PULL_REQUESTS,
  REVIEWERS,
  STATUSES,
  type CommentRow,
  type PullRequestRecord,
  type PullRequestRow,
  type StatusRow,
} from './pull-request-record.js';
import { toPullRequestView } from './pull-request.view.js';

/** Reads pull requests; four queries whatever their number. Knows nothing of rights. */
@Injectable()
export class PullRequestReader {
  constructor(
    private readonly db: Database,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async byId(id: number, sql: Sql = this.db): Promise<PullRequestRecord | null> {
    const rows = await sql.query<PullRequestRow>(`${PULL_REQUESTS} WHERE p.pull_request_id = $1`, [id]);
    const [found] = await this.complete(sql, rows);
    return found ?? null;
  }

  /** Open and closed ones whose target is the repository, as they look on the wire. */
  async ofTarget(repoId: number) {
    const rows = await this.db.query<PullRequestRow>(
      `${PULL_REQUESTS} WHERE p.other_repo_id = $1 ORDER BY p.pull_request_id`,
      [repoId],
    );
    const found = await this.complete(this.db, rows);
    return found.map((pullRequest) => toPullRequestView(pullRequest, this.settings.publicUrl));
  }

  private async complete(sql: Sql, rows: PullRequestRow[]): Promise<PullRequestRecord[]> {
    if (rows.length === 0) return [];
    const ids = [rows.map((row) => row.pull_request_id)];
    const reviewers = await sql.query<{ pull_request_id: number; user_id: number; username: string }>(
      REVIEWERS,
      ids,
    );
    const comments = groupById(await sql.query<CommentRow>(COMMENTS, ids));
    const statuses = groupById(await sql.query<StatusRow>(STATUSES, ids));
    const reviewersOf = groupById(reviewers);
    return rows.map((row) => ({
      ...row,
      reviewers: (reviewersOf.get(row.pull_request_id) ?? []).map((reviewer) => reviewer.username),
      reviewer_ids: (reviewersOf.get(row.pull_request_id) ?? []).map((reviewer) => reviewer.user_id),
      comments: comments.get(row.pull_request_id) ?? [],
      statuses: statuses.get(row.pull_request_id) ?? [],
    }));
  }
}

function groupById<T extends { pull_request_id: number }>(rows: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const row of rows) {
    const group = groups.get(row.pull_request_id);
    if (group) group.push(row);
    else groups.set(row.pull_request_id, [row]);
  }
  return groups;
}
