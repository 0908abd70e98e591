import type { AccessLevel, ObjectKind } from '../../../src/rpc/requirement.js';

/** How a right reaches a caller. */
export type Way = 'own row' | 'active group' | 'inactive group';

export interface Caller {
  readonly name: string;
  /** Which account's key he presents; null: no account at all. */
  readonly user: string | null;
  /** What is done to the key before it is presented. */
  readonly key?: 'absent' | 'unknown' | 'expired';
  /** The account is switched off. */
  readonly inactive?: true;
  readonly admin?: true;
  /** Owner of all that is `own`; in repository and user groups that gives him nothing. */
  readonly owner?: true;
  /** Levels granted on what is `own`, never on anything else. */
  readonly levels?: Partial<Record<ObjectKind, AccessLevel>>;
  /** Has every global permission that lets one create. */
  readonly creates?: true;
  readonly way?: Way;
  /** Scopes of his key; `METHOD` stands for the method that is called. */
  readonly scopes?: readonly string[];
}

export const METHOD = '<method>';
export const ADMIN = 'admin';
export const AUTHOR = 'author';
const WAYS: readonly Way[] = ['own row', 'active group', 'inactive group'];
const LEVELS: readonly AccessLevel[] = ['none', 'read', 'write', 'admin'];
const KINDS: readonly ObjectKind[] = ['repo', 'repoGroup', 'userGroup'];
const slug = (text: string) => text.toLowerCase().replaceAll(' ', '-');

const everywhere = (level: AccessLevel) => ({ repo: level, repoGroup: level, userGroup: level });
const SUPER = { user: ADMIN, admin: true } as const;
/** An account of its own, because a user may have but so many keys. */
const LIMITED = { user: 'key-ring', admin: true } as const;

/** Every kind of caller. Rights are on the objects called `own`; on `other` nobody but super admins has any. */
export const CALLERS: readonly Caller[] = [
  { name: 'no key', user: null, key: 'absent' },
  { name: 'an unknown key', user: null, key: 'unknown' },
  { name: 'an expired key', user: ADMIN, key: 'expired' },
  { name: 'a switched-off super admin', user: 'switched-off', inactive: true },
  { name: 'stranger', user: 'stranger' },
  ...LEVELS.flatMap((level) =>
    WAYS.map((way): Caller => {
      const name = `${level} by ${way}`;
      return { name, user: slug(name), levels: everywhere(level), way };
    }),
  ),
  { name: 'owner', user: 'owner', owner: true },
  { name: 'author with read', user: AUTHOR, levels: everywhere('read'), way: 'own row' },
  ...KINDS.map((kind): Caller => {
    const name = `admin on the ${kind} alone`;
    return { name, user: slug(name), levels: { [kind]: 'admin' }, way: 'own row' };
  }),
  ...WAYS.map((way): Caller => {
    const name = `creator by ${way}`;
    return { name, user: slug(name), creates: true, way };
  }),
  { name: 'super admin', ...SUPER },
  { name: 'key for reading', ...LIMITED, scopes: ['read'] },
  { name: 'key for the method', ...LIMITED, scopes: [METHOD] },
  { name: 'key for another method', ...LIMITED, scopes: ['rpc.discover'] },
  { name: 'key for the own objects', ...LIMITED, scopes: ['repo:own/**', 'group:own/**'] },
  { name: 'key for another repository', ...LIMITED, scopes: ['repo:other/**', 'group:other/**'] },
  {
    name: 'key for the method on another repository',
    ...LIMITED,
    scopes: [METHOD, 'repo:other/**', 'group:other/**'],
  },
  { name: "stranger's key for the method", user: 'second-stranger', scopes: [METHOD] },
];
