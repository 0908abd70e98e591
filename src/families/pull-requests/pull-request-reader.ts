import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../config/settings.js';
import { Database, type Sql, type Tx } from '../../database/database.js';
import { groupById } from './group-by-id.js';
import {
  COMMENTS,
  PULL_REQUESTS,
  REVIEWERS,
  STATUSES,
  type CommentRow,
  type PullRequestRecord,
  type PullRequestRow,
  type ReviewerRow,
  type StatusRow,
} from './pull-request-record.js';
import { toPullRequestView } from './pull-request.view.js';

const MAX_ID = 2_147_483_647;

/** Reads pull requests; four queries whatever their number. Knows nothing of rights. */
@Injectable()
export class PullRequestReader {
  constructor(
    private readonly db: Database,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  async byId(id: number, sql: Sql = this.db): Promise<PullRequestRecord | null> {
    if (id < 1 || id > MAX_ID) return null;
    const rows = await sql.query<PullRequestRow>(`${PULL_REQUESTS} WHERE p.pull_request_id = $1`, [id]);
    const [found] = await this.complete(sql, rows);
    return found ?? null;
  }

  /**
   * Takes the row for the rest of the transaction and reads it again: what was seen outside may have changed.
   * @returns null when it has gone meanwhile
   */
  async lock(tx: Tx, id: number): Promise<PullRequestRecord | null> {
    await tx.query('SELECT 1 FROM pull_request WHERE pull_request_id = $1 FOR UPDATE', [id]);
    return this.byId(id, tx);
  }

  /** Inside the transaction that changed it. */
  async existing(tx: Tx, id: number): Promise<PullRequestRecord> {
    const found = await this.byId(id, tx);
    if (!found) throw new Error(`pull request ${id} vanished inside a transaction`);
    return found;
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
    const reviewers = groupById(await sql.query<ReviewerRow>(REVIEWERS, ids));
    const comments = groupById(await sql.query<CommentRow>(COMMENTS, ids));
    const statuses = groupById(await sql.query<StatusRow>(STATUSES, ids));
    return rows.map((row) => ({
      ...row,
      reviewers: reviewers.get(row.pull_request_id) ?? [],
      comments: comments.get(row.pull_request_id) ?? [],
      statuses: statuses.get(row.pull_request_id) ?? [],
    }));
  }
}
