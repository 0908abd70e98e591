import {
  GLOBAL_PERMISSION_WEIGHT,
  parsePermission,
  permissionName,
  type LevelWeight,
} from '../../access/levels.js';
import { notFound, refused } from '../../rpc/errors.js';
import type { ObjectKind } from '../../rpc/requirement.js';

/** The level that a permission of this kind of object means. @throws RpcFault for unknown names and for other kinds */
export function requireLevel(kind: ObjectKind, permission: string): LevelWeight {
  const level = parsePermission(kind, permission);
  if (level !== null) return level;
  requireKnown(permission);
  const [prefix] = permissionName(kind, 0).split('.');
  throw refused(`permission \`${permission}\` is invalid, should start with ${prefix}.`);
}

export function requireKnown(permission: string): void {
  if (!Object.hasOwn(GLOBAL_PERMISSION_WEIGHT, permission))
    throw notFound(`permission \`${permission}\` does not exist`);
}

/** `hg.create` of `hg.create.repository`: a subject has one permission of a kind. */
export const kindOfPermission = (permission: string) => permission.slice(0, permission.lastIndexOf('.'));
