import { effectiveLevels } from '../../access/level-queries.js';
import { LEVEL_WEIGHT } from '../../access/levels.js';
import type { Database, Row } from '../../database/database.js';
import type { Principal } from '../../rpc/call.js';
import { selectRepos, type RepoRecord } from './repo-record.js';

/** A row of a list: `group_ids` is not read; the levels, on it and on what it was forked from, are the caller's own. */
export type ListedRepo = RepoRecord & { level: number; parent_level: number | null };

/** One statement that reads `repo r` as far as a user may, in the order of full names. */
export class RepoQuery {
  private readonly conditions: string[] = [];
  private readonly values: unknown[] = [];
  private readonly joins: string[] = [];
  private columns: string;
  private readonly levels: string;

  constructor(principal: Principal) {
    if (principal.admin) {
      this.columns = `, ${LEVEL_WEIGHT.admin} AS level, ${LEVEL_WEIGHT.admin} AS parent_level`;
      this.levels = '';
      return;
    }
    this.columns = ', l.level, p.level AS parent_level';
    // Their user is $1
    this.values.push(principal.userId);
    this.levels = `WITH repo_level AS (${effectiveLevels('repo')})`;
    this.joins.push('JOIN repo_level AS l ON l.id = r.repo_id LEFT JOIN repo_level AS p ON p.id = r.fork_id');
  }

  /** @param condition with a `?` for each value */
  where(condition: string, ...values: unknown[]): this {
    this.conditions.push(this.numbered(condition, values));
    return this;
  }

  with(columns: string, join: string): this {
    this.columns += `, ${columns}`;
    this.joins.push(join);
    return this;
  }

  /** @param limit absent: all */
  rows<More extends object = object>(db: Database, limit?: number): Promise<(ListedRepo & More & Row)[]> {
    const where = this.conditions.length === 0 ? '' : `WHERE ${this.conditions.join(' AND ')}`;
    const page = limit === undefined ? '' : this.numbered('LIMIT ?', [limit]);
    return db.query(
      `${this.levels} ${selectRepos(this.columns, `${this.joins.join(' ')} ${where} ORDER BY r.repo_name ${page}`)}`,
      this.values,
    );
  }

  private numbered(text: string, values: readonly unknown[]): string {
    const left = [...values];
    return text.replace(/\?/g, () => `$${this.values.push(left.shift())}`);
  }
}
