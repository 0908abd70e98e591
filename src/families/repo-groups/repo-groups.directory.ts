import { Injectable } from '@nestjs/common';
import {
  findByIdOrName,
  ObjectDirectory,
  type NamedObject,
  type ObjectResolver,
} from '../../access/object-directory.js';
import { Database, type Sql } from '../../database/database.js';
import { splitName } from './object-name.js';

export interface RepoGroupRecord extends NamedObject {
  /** Full path, same as `name`. */
  group_name: string;
  group_id: number;
  parent_id: number | null;
  parent_group: string | null;
  group_description: string;
  owner: string;
  owner_id: number;
}

/** Of `repo_group g` with its owner `o` and its parent `p`. */
export const REPO_GROUP_COLUMNS = `g.group_id AS id, g.group_name AS name, g.group_id, g.group_name, g.parent_id, p.group_name AS parent_group,
  g.group_description, o.username AS owner, g.owner_id`;
export const REPO_GROUP_TABLES = `repo_group g JOIN "user" o ON o.user_id = g.owner_id
  LEFT JOIN repo_group p ON p.group_id = g.parent_id`;
const SELECT = `SELECT ${REPO_GROUP_COLUMNS} FROM ${REPO_GROUP_TABLES}`;

type Row = RepoGroupRecord & Record<string, unknown>;

@Injectable()
export class RepoGroupsDirectory implements ObjectResolver {
  constructor(
    private readonly db: Database,
    directory: ObjectDirectory,
  ) {
    directory.register('repoGroup', this);
  }

  find(given: unknown, sql: Sql = this.db): Promise<RepoGroupRecord | null> {
    return findByIdOrName(
      { byId: (id) => this.byId(id, sql), byName: (name) => this.byName(name, sql) },
      given,
    );
  }

  async byId(id: number, sql: Sql = this.db): Promise<RepoGroupRecord | null> {
    const [row] = await sql.prepared<Row>('repo_group_by_id', `${SELECT} WHERE g.group_id = $1`, [id]);
    return row ?? null;
  }

  async byName(name: string, sql: Sql = this.db): Promise<RepoGroupRecord | null> {
    const [row] = await sql.prepared<Row>('repo_group_by_name', `${SELECT} WHERE g.group_name = $1`, [name]);
    return row ?? null;
  }

  /**
   * How far a path is there. @param path null: the top
   * @returns its deepest group, and the full names of those that are missing below it, the outermost first
   */
  async deepest(path: string | null): Promise<[group: RepoGroupRecord | null, missing: string[]]> {
    const names: string[] = [];
    for (let name = path; name !== null; name = splitName(name)[0]) names.unshift(name);
    const [group = null] = await this.db.prepared<Row>(
      'repo_group_deepest',
      `${SELECT} WHERE g.group_name = ANY($1) ORDER BY length(g.group_name) DESC LIMIT 1`,
      [names],
    );
    return [group, group ? names.slice(names.indexOf(group.group_name) + 1) : names];
  }
}

/** SQL array of the ids of a group and its ancestors, the top one first; `{}` at the top. @param id SQL expression */
export const ANCESTOR_IDS = (id: string) => `
  COALESCE((WITH RECURSIVE up AS (
      SELECT a.group_id, a.parent_id, 0 AS depth FROM repo_group a WHERE a.group_id = ${id}
      UNION ALL
      SELECT a.group_id, a.parent_id, up.depth + 1 FROM repo_group a JOIN up ON a.group_id = up.parent_id)
    SELECT array_agg(group_id ORDER BY depth DESC) FROM up), '{}'::int[])`;

/** SQL array of the ids of a group and all groups below it, whatever the order. @param id SQL expression */
export const SUBTREE_IDS = (id: string) => `
  ARRAY(WITH RECURSIVE down AS (
      SELECT b.group_id FROM repo_group b WHERE b.group_id = ${id}
      UNION ALL
      SELECT b.group_id FROM repo_group b JOIN down ON b.parent_id = down.group_id)
    SELECT group_id FROM down)`;

/** Whether a repository or a group has that full name, whatever the case. */
export async function isNameTaken(sql: Sql, fullName: string): Promise<'repo' | 'group' | null> {
  const [row] = await sql.query<{ repo: boolean; grp: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM repo WHERE lower(repo_name) = lower($1)) AS repo,
       EXISTS (SELECT 1 FROM repo_group WHERE lower(group_name) = lower($1)) AS grp`,
    [fullName],
  );
  if (row?.repo) return 'repo';
  return row?.grp ? 'group' : null;
}
