import type { ObjectKind } from '../rpc/requirement.js';
import { DEFAULT_USER_ID } from './default-user.js';

interface Tables {
  object: string;
  id: string;
  name: string;
  grants: string;
  /** Column of `grants` that names the object. */
  target: string;
}

export const OBJECT_TABLES: Record<ObjectKind, Tables> = {
  repo: { object: 'repo', id: 'repo_id', name: 'repo_name', grants: 'repo_permission', target: 'repo_id' },
  repoGroup: {
    object: 'repo_group',
    id: 'group_id',
    name: 'group_name',
    grants: 'repo_group_permission',
    target: 'group_id',
  },
  userGroup: {
    object: 'user_group',
    id: 'users_group_id',
    name: 'group_name',
    grants: 'user_group_permission',
    target: 'target_group_id',
  },
};

/**
 * Effective levels of user `$1` (section 4.2 of the Kallithea facts): the maximum of the default user's level, that of
 * the user's active groups and his own; on repositories the default user's level counts only when the repository is
 * not private, and the owner is admin. A missing row counts as none. Yields rows `(id, level)`, levels above none only.
 */
export function effectiveLevels(kind: ObjectKind, where = ''): string {
  const { object, id, grants, target } = OBJECT_TABLES[kind];
  const only = where && ` AND ${where}`;
  const isRepo = kind === 'repo';
  return `
    SELECT id, max(level) AS level FROM (
      SELECT o.${id} AS id, p.level FROM ${grants} p JOIN ${object} o ON o.${id} = p.${target}
        WHERE p.user_id = ${DEFAULT_USER_ID}${isRepo ? ' AND NOT o.private' : ''}${only}
      UNION ALL
      SELECT o.${id}, p.level FROM ${grants} p JOIN ${object} o ON o.${id} = p.${target}
        WHERE p.user_id = $1 AND p.user_id <> ${DEFAULT_USER_ID}${only}
      UNION ALL
      SELECT o.${id}, p.level FROM ${grants} p JOIN ${object} o ON o.${id} = p.${target}
        JOIN user_group_member m ON m.users_group_id = p.users_group_id AND m.user_id = $1
        JOIN user_group g ON g.users_group_id = m.users_group_id AND g.active${where && ` WHERE ${where}`}
      ${isRepo ? `UNION ALL SELECT o.${id}, 4 FROM ${object} o WHERE o.owner_id = $1${only}` : ''}
    ) AS found WHERE level > 0 GROUP BY id`;
}

/** Level of user `$1` on the one object `$2`; no row means none. */
export const LEVEL_ON_ONE: Record<ObjectKind, string> = {
  repo: effectiveLevels('repo', 'o.repo_id = $2'),
  repoGroup: effectiveLevels('repoGroup', 'o.group_id = $2'),
  userGroup: effectiveLevels('userGroup', 'o.users_group_id = $2'),
};

/** Names of the global permissions that reach user `$1`: the default user's, his active groups', his own. */
export const GLOBAL_PERMISSIONS = `
  SELECT permission FROM global_permission WHERE user_id IN ($1, ${DEFAULT_USER_ID})
  UNION
  SELECT p.permission FROM global_permission p
    JOIN user_group_member m ON m.users_group_id = p.users_group_id AND m.user_id = $1
    JOIN user_group g ON g.users_group_id = m.users_group_id AND g.active`;
