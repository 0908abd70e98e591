import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { OBJECT_TABLES } from '../../access/level-queries.js';
import { LEVEL_WEIGHT } from '../../access/levels.js';
import type { ObjectKind } from '../../rpc/requirement.js';

export const OBJECT_TYPES = ['global', 'repo', 'repo_group', 'user_group'] as const;
export type ObjectType = (typeof OBJECT_TYPES)[number];

/**
 * Where a right comes from: what everybody has, an active user group, the user's own grant, ownership of a
 * repository, or the `admin` flag.
 */
export type Origin = 'default' | 'user_group' | 'own' | 'owner' | 'super_admin';

export interface OriginsRow extends Record<string, unknown> {
  type: ObjectType;
  id: number | null;
  /** Of the object; of a global permission its kind, e.g. `hg.create`. */
  name: string;
  /** Weights for objects, names for global permissions. */
  origins: { origin: Origin; user_group: string | null; level: number; permission: string | null }[];
}

const KINDS: Record<Exclude<ObjectType, 'global'>, ObjectKind> = {
  repo: 'repo',
  repo_group: 'repoGroup',
  user_group: 'userGroup',
};
export const kindOf = (type: Exclude<ObjectType, 'global'>) => KINDS[type];

/** The key that rows are ordered and paged by. */
export const rowKey = (row: Pick<OriginsRow, 'type' | 'name'>) => `${row.type}:${row.name}`;

const MEMBERSHIP = `JOIN user_group_member m ON m.users_group_id = p.users_group_id AND m.user_id = $1
      JOIN user_group g ON g.users_group_id = p.users_group_id AND g.active`;

/** The same rules as `effectiveLevels`, with each row that they take the maximum of. */
function onObjects(type: Exclude<ObjectType, 'global'>): string {
  const { object, id, name, grants, target } = OBJECT_TABLES[KINDS[type]];
  const isRepo = type === 'repo';
  const columns = (level: string, origin: Origin, group = 'NULL::text') =>
    `SELECT '${type}' AS type, o.${id} AS id, o.${name} AS name, ${level} AS level, NULL::text AS permission,
      '${origin}' AS origin, ${group} AS user_group`;
  const granted = `FROM ${grants} p JOIN ${object} o ON o.${id} = p.${target}`;
  return `
    ${columns('p.level', 'default')} ${granted}
      WHERE p.user_id = ${DEFAULT_USER_ID} AND $1 <> ${DEFAULT_USER_ID}${isRepo ? ' AND NOT o.private' : ''}
    UNION ALL ${columns('p.level', 'own')} ${granted} WHERE p.user_id = $1
    UNION ALL ${columns('p.level', 'user_group', 'g.group_name')} ${granted} ${MEMBERSHIP}
    ${isRepo ? `UNION ALL ${columns(`${LEVEL_WEIGHT.admin}`, 'owner')} FROM ${object} o WHERE o.owner_id = $1` : ''}
    UNION ALL ${columns(`${LEVEL_WEIGHT.admin}`, 'super_admin')} FROM ${object} o WHERE $2::boolean`;
}

const GLOBAL = `
    SELECT 'global' AS type, NULL::int AS id, regexp_replace(permission, '\\.[^.]*$', '') AS name,
      1 AS level, permission, origin, user_group
    FROM (
      SELECT permission, 'default' AS origin, NULL::text AS user_group FROM global_permission
        WHERE user_id = ${DEFAULT_USER_ID} AND $1 <> ${DEFAULT_USER_ID}
      UNION ALL SELECT permission, 'own', NULL FROM global_permission WHERE user_id = $1
      UNION ALL SELECT p.permission, 'user_group', g.group_name FROM global_permission p ${MEMBERSHIP}
      UNION ALL SELECT 'hg.admin', 'super_admin', NULL WHERE $2::boolean
    ) AS granted`;

/**
 * Every right of user `$1` (`$2`: super admin) with its origins, an object a row; only of type `$3`, only behind key
 * `$4`, at most `$5` rows, each of the three left out by null. One statement, however much there is.
 */
export const PERMISSION_ORIGINS = `
  SELECT type, id, name,
    json_agg(json_build_object('origin', origin, 'user_group', user_group, 'level', level, 'permission', permission)
      ORDER BY level DESC, origin, user_group, permission) AS origins
  FROM (${GLOBAL}
    UNION ALL ${(['repo', 'repo_group', 'user_group'] as const).map(onObjects).join(' UNION ALL ')}
  ) AS found
  WHERE level > 0 AND ($3::text IS NULL OR type = $3)
    AND ($4::text IS NULL OR (type || ':' || name) COLLATE "C" > $4 COLLATE "C")
  GROUP BY type, id, name
  ORDER BY (type || ':' || name) COLLATE "C"
  LIMIT $5`;
