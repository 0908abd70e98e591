import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import type { JobRow, JobState } from './job.js';

export interface JobRecord extends JobRow {
  /** Null when the account is gone. */
  created_by_name: string | null;
}

export interface JobFilter {
  /** Only jobs of this user. */
  readonly userId?: number;
  readonly state?: JobState;
  readonly kind?: string;
  /** Id or name, as it was when the job was made. */
  readonly repo?: number | string;
  readonly group?: number | string;
  /** Only job_ids below this one. */
  readonly before?: number;
  readonly limit: number;
}

const SELECT = `SELECT j.*, u.username AS created_by_name FROM job j LEFT JOIN "user" u ON u.user_id = j.created_by`;

/** What was to be done, is being done and was done. Knows no permissions: callers have checked them. */
@Injectable()
export class JobsLog {
  constructor(private readonly db: Database) {}

  async find(jobId: number): Promise<JobRecord | null> {
    const [row] = await this.db.query<JobRecord>(`${SELECT} WHERE j.job_id = $1`, [jobId]);
    return row ?? null;
  }

  /** Newest first. */
  list({ userId, state, kind, repo, group, before, limit }: JobFilter): Promise<JobRecord[]> {
    return this.db.query<JobRecord>(
      `${SELECT} WHERE ($1::int IS NULL OR j.created_by = $1) AND ($2::text IS NULL OR j.state = $2)
         AND ($3::text IS NULL OR j.kind = $3) AND ($4::text IS NULL OR j.repo_id::text = $4 OR j.repo_name = $4)
         AND ($5::text IS NULL OR j.group_id::text = $5 OR j.group_name = $5)
         AND ($6::int IS NULL OR j.job_id < $6)
       ORDER BY j.job_id DESC LIMIT $7`,
      [
        userId ?? null,
        state ?? null,
        kind ?? null,
        repo === undefined ? null : String(repo),
        group === undefined ? null : String(group),
        before ?? null,
        limit,
      ],
    );
  }
}
