import type { AccessLevel, ObjectKind } from '../rpc/requirement.js';

/** Weights as Kallithea has them; also what the `level` columns hold. */
export const LEVEL_WEIGHT = { none: 0, read: 1, write: 3, admin: 4 } as const satisfies Record<
  AccessLevel,
  number
>;
export type LevelWeight = (typeof LEVEL_WEIGHT)[AccessLevel];

const PREFIX: Record<ObjectKind, string> = { repo: 'repository', repoGroup: 'group', userGroup: 'usergroup' };
const LEVEL_OF: Record<number, AccessLevel> = { 0: 'none', 1: 'read', 3: 'write', 4: 'admin' };

/** `repository.write` and its like. */
export function permissionName(kind: ObjectKind, weight: number): string {
  return `${PREFIX[kind]}.${LEVEL_OF[weight] ?? 'none'}`;
}

/** Null when the name is not a permission of that kind of object. */
export function parsePermission(kind: ObjectKind, name: string): LevelWeight | null {
  const [prefix, level, ...rest] = name.split('.');
  if (rest.length > 0 || prefix !== PREFIX[kind] || level === undefined || !(level in LEVEL_WEIGHT))
    return null;
  return LEVEL_WEIGHT[level as AccessLevel];
}

/** Global permissions by kind; of several in one kind the heaviest counts. */
export const GLOBAL_PERMISSION_WEIGHT: Readonly<Record<string, number>> = {
  'repository.none': 0,
  'repository.read': 1,
  'repository.write': 3,
  'repository.admin': 4,
  'group.none': 0,
  'group.read': 1,
  'group.write': 3,
  'group.admin': 4,
  'usergroup.none': 0,
  'usergroup.read': 1,
  'usergroup.write': 3,
  'usergroup.admin': 4,
  'hg.usergroup.create.false': 0,
  'hg.usergroup.create.true': 1,
  'hg.create.none': 0,
  'hg.create.repository': 1,
  'hg.fork.none': 0,
  'hg.fork.repository': 1,
  'hg.register.none': 0,
  'hg.register.manual_activate': 1,
  'hg.register.auto_activate': 2,
  'hg.extern_activate.manual': 0,
  'hg.extern_activate.auto': 1,
  'hg.admin': 0,
};

/** Of each kind (the name without its last part) only the heaviest. */
export function heaviestOfEachKind(names: Iterable<string>): string[] {
  const best = new Map<string, string>();
  for (const name of names) {
    const kind = name.slice(0, name.lastIndexOf('.'));
    const known = best.get(kind);
    if (!known || weight(name) > weight(known)) best.set(kind, name);
  }
  return [...best.values()].sort();
}

const weight = (name: string) => GLOBAL_PERMISSION_WEIGHT[name] ?? 0;
