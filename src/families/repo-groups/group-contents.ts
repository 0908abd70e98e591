import type { Row, Sql } from '../../database/database.js';
import type { RepoType } from '../../vcs/vcs.js';
import { SUBTREE_IDS } from './repo-groups.directory.js';

/** Everything in a group, however deep. */
export interface GroupContents extends Row {
  /** Its own id is among them. */
  group_ids: number[];
  /** Newest first, so that a fork goes before what it was forked from. */
  repo_ids: number[];
}

const CONTENTS = `
  SELECT below.ids AS group_ids,
    ARRAY(SELECT r.repo_id FROM repo r WHERE r.group_id = ANY (below.ids) ORDER BY r.repo_id DESC) AS repo_ids
  FROM (SELECT ${SUBTREE_IDS('$1::int')} AS ids) AS below`;

export async function contentsOf(sql: Sql, groupId: number): Promise<GroupContents> {
  const [found] = await sql.query<GroupContents>(CONTENTS, [groupId]);
  if (!found) throw new Error('a query without a table yields one row');
  return found;
}

export function reposIn(sql: Sql, { repo_ids }: GroupContents) {
  return sql.query<{ repo_id: number; repo_name: string; repo_type: RepoType }>(
    'SELECT repo_id, repo_name, repo_type FROM repo WHERE repo_id = ANY ($1) ORDER BY repo_name',
    [repo_ids],
  );
}

export const isEmpty = ({ group_ids, repo_ids }: GroupContents): boolean =>
  group_ids.length <= 1 && repo_ids.length === 0;
