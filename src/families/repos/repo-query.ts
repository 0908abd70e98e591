import { effectiveLevels } from '../../access/level-queries.js';
import { LEVEL_WEIGHT } from '../../access/levels.js';
import type { Database, Row } from '../../database/database.js';
import type { Principal } from '../../rpc/call.js';
import { selectRepos, type RepoRecord } from './repo-record.js';

/** A row of a list: `group_ids` is not read; the level is the caller's own. */
export type ListedRepo = RepoRecord & { level: number };

/** One statement that reads `repo r` as far as a user may, in the order of full names. */
export class RepoQuery {
  private readonly conditions: string[] = [];
  private readonly values: unknown[] = [];
  private readonly joins: string[] = [];
  private columns: string;

  constructor(principal: Principal) {
    if (principal.admin) {
      this.columns = `, ${LEVEL_WEIGHT.admin} AS level`;
      return;
    }
    this.columns = ', l.level';
    // Their user is $1
    this.values.push(principal.userId);
    this.joins.push(`JOIN (${effectiveLevels('repo')}) AS l ON l.id = r.repo_id`);
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
      selectRepos(this.columns, `${this.joins.join(' ')} ${where} ORDER BY r.repo_name ${page}`),
      this.values,
    );
  }

  private numbered(text: string, values: readonly unknown[]): string {
    const left = [...values];
    return text.replace(/\?/g, () => `$${this.values.push(left.shift())}`);
  }
}
