import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { effectiveLevels } from '../../access/level-queries.js';
import { permissionName } from '../../access/levels.js';
import { doesNotExist } from '../../access/object-directory.js';
import { Database, type Row, type Sql } from '../../database/database.js';
import type { Caller, Principal } from '../../rpc/call.js';
import type { RepoGroupShape } from '../../sdk/index.js';
import { toRepoGroupView } from './repo-group.view.js';
import {
  ANCESTOR_IDS,
  REPO_GROUP_COLUMNS,
  REPO_GROUP_TABLES,
  type RepoGroupRecord,
} from './repo-groups.directory.js';
import type { GetRepoGroupsArgs } from './repo-groups.dto.js';

/** A group with all that its wire shape and its events need. */
export interface DescribedRepoGroup extends RepoGroupRecord, Row {
  /** Full names of its direct repositories, sorted without case. */
  repositories: string[];
  /** Ids of the groups above it and its own, the top one first. */
  group_ids: number[];
}

export interface Member {
  name: string;
  type: 'user' | 'user_group';
  permission: string;
}

const SELECT = `SELECT ${REPO_GROUP_COLUMNS}, ${ANCESTOR_IDS('g.group_id')} AS group_ids,
    ARRAY(SELECT r.repo_name FROM repo r WHERE r.group_id = g.group_id
          ORDER BY lower(r.repo_name), r.repo_name) AS repositories
  FROM ${REPO_GROUP_TABLES}`;

/** Groups that user `$1` may read, with those of their direct repositories that he may read. */
const READABLE = `SELECT ${REPO_GROUP_COLUMNS}, ${ANCESTOR_IDS('g.group_id')} AS group_ids,
    coalesce(n.repositories, '{}') AS repositories
  FROM ${REPO_GROUP_TABLES} JOIN (${effectiveLevels('repoGroup')}) AS l ON l.id = g.group_id
    LEFT JOIN (
      SELECT r.group_id, array_agg(r.repo_name ORDER BY lower(r.repo_name), r.repo_name) AS repositories
      FROM repo r JOIN (${effectiveLevels('repo')}) AS readable ON readable.id = r.repo_id GROUP BY r.group_id
    ) AS n ON n.group_id = g.group_id`;

/** Stored rows, users first; not effective rights. */
const MEMBERS = `
  SELECT coalesce(u.username, g.group_name) AS name, p.level,
    CASE WHEN p.user_id IS NULL THEN 'user_group' ELSE 'user' END AS type
  FROM repo_group_permission p LEFT JOIN "user" u USING (user_id) LEFT JOIN user_group g USING (users_group_id)
  WHERE p.group_id = $1 ORDER BY p.user_id IS NULL, p.permission_id`;

@Injectable()
export class RepoGroupReader {
  constructor(
    private readonly db: Database,
    private readonly access: Access,
  ) {}

  async get({ principal }: Caller, group: RepoGroupRecord): Promise<RepoGroupShape & { members: Member[] }> {
    const [[described], members] = await Promise.all([
      principal.admin
        ? describeRepoGroups(this.db, [group.group_id])
        : this.db.query<DescribedRepoGroup>(`${READABLE} WHERE g.group_id = $2`, [
            principal.userId,
            group.group_id,
          ]),
      this.db.prepared<{ name: string; type: Member['type']; level: number }>('repo_group_members', MEMBERS, [
        group.group_id,
      ]),
    ]);
    if (!described) throw doesNotExist('repoGroup', group.group_name);
    return {
      ...this.inScope(principal, toRepoGroupView(described)),
      members: members.map(({ name, type, level }) => ({
        name,
        type,
        permission: permissionName('repoGroup', level),
      })),
    };
  }

  /** Those that the caller may read, by name; one query whatever their number. */
  async list({ principal }: Caller, { limit, cursor }: GetRepoGroupsArgs): Promise<RepoGroupShape[]> {
    // What a key's scopes hide is known only here, so that a page of such a key is cut here too
    const page = [cursor ?? null, principal.scopes === null ? (limit ?? null) : null];
    const rows = principal.admin
      ? await this.db.query<DescribedRepoGroup>(
          `${SELECT} WHERE $1::text IS NULL OR g.group_name > $1 ORDER BY g.group_name LIMIT $2`,
          page,
        )
      : await this.db.query<DescribedRepoGroup>(
          `${READABLE} WHERE $2::text IS NULL OR g.group_name > $2 ORDER BY g.group_name LIMIT $3`,
          [principal.userId, ...page],
        );
    return rows
      .filter((group) => this.access.isInScope(principal, 'group', group.group_name))
      .slice(0, limit)
      .map((group) => this.inScope(principal, toRepoGroupView(group)));
  }

  /** Without the repositories that a key's scopes hide. */
  inScope(principal: Principal, group: RepoGroupShape): RepoGroupShape {
    if (principal.scopes === null) return group;
    const shown = group.repositories.filter((name) => this.access.isInScope(principal, 'repo', name));
    return { ...group, repositories: shown };
  }
}

/** By id, in order of their full names, so that a group comes before what lies in it. */
export function describeRepoGroups(sql: Sql, groupIds: readonly number[]): Promise<DescribedRepoGroup[]> {
  return sql.query<DescribedRepoGroup>(`${SELECT} WHERE g.group_id = ANY ($1) ORDER BY g.group_name`, [
    groupIds,
  ]);
}

/** For who has seen the group. */
export async function describeRepoGroup(sql: Sql, groupId: number): Promise<DescribedRepoGroup> {
  const [group] = await describeRepoGroups(sql, [groupId]);
  if (!group) throw new Error(`repository group ${groupId} has vanished`);
  return group;
}
