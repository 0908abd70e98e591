import type { AccessLevel, ObjectKind, Requirement } from '../../../src/rpc/requirement.js';
import { METHOD, type Caller } from './callers.js';
import { ALLOWED } from './rehearsal.js';

/**
 * - `own`: private repository, groups closed to everybody without a right of his own;
 * - `other`: the same, and no caller of the matrix has a right there;
 * - `shared`: the user `default` may read it;
 * - `missing`: there is no such object.
 */
export const PLACES = ['own', 'other', 'shared', 'missing'] as const;
export type Place = (typeof PLACES)[number];

/** Where an argument that names an object points, and the id as it is written there. */
export interface Named {
  readonly place: Place;
  readonly given: string | number;
}

// Written anew from section 4 of the Kallithea facts, on purpose without a look at what `src/access` imports
const WEIGHT: Record<AccessLevel, number> = { none: 0, read: 1, write: 3, admin: 4 };
const WORD: Record<ObjectKind, string> = {
  repo: 'repository',
  repoGroup: 'repository group',
  userGroup: 'user group',
};
const DENIED = 'Access was denied to this resource.';

/** What a requirement of the declarations says to a caller. @param named objects by argument name */
export function expected(
  caller: Caller,
  method: string,
  requires: Requirement,
  named: Readonly<Record<string, Named>>,
): string {
  return refusedKey(caller) ?? refusedScope(caller, method, requires) ?? judge(caller, requires, named);
}

export function refusedKey(caller: Caller): string | null {
  if (caller.key === 'absent') return "Incorrect JSON query missing 'api_key'";
  return caller.key !== undefined || caller.inactive ? 'Invalid API key' : null;
}

/** Texts without a colon name methods, the others objects; each of the two kinds limits for itself. */
export function refusedScope({ scopes }: Caller, method: string, requires: Requirement): string | null {
  if (!scopes) return null;
  const forMethods = scopes.filter((scope) => !scope.includes(':'));
  const isNamed = forMethods.some((scope) =>
    scope === 'read' ? method.startsWith('get_') : scope === METHOD,
  );
  if (forMethods.length === 0 ? concernsObject(requires) : isNamed) return null;
  return lacks(method);
}

export const lacksIt = (kind: 'repository' | 'repository group' = 'repository') =>
  `This API key lacks the scope for this ${kind}`;
export const lacks = (scope: string) => `This API key lacks the scope \`${scope}\``;

/** User groups are no objects to scopes. */
function concernsObject(requires: Requirement): boolean {
  if ('of' in requires) return requires.of.some(concernsObject);
  return requires.kind === 'object' && requires.object !== 'userGroup';
}

function judge(caller: Caller, requires: Requirement, named: Readonly<Record<string, Named>>): string {
  switch (requires.kind) {
    case 'public':
    case 'authenticated':
    case 'service':
      return ALLOWED;
    case 'superAdmin':
      return caller.admin ? ALLOWED : DENIED;
    case 'global':
      return hasGlobal(caller) ? ALLOWED : DENIED;
    case 'object': {
      const { place, given } = named[requires.arg] as Named;
      const hidden = `${WORD[requires.object]} \`${given}\` does not exist`;
      if (place === 'missing') return hidden;
      if (levelOn(caller, requires.object, place) < WEIGHT[requires.level]) return hidden;
      return outOfScope(caller, requires.object, place, typeof given === 'string') ?? ALLOWED;
    }
    case 'allOf':
      return requires.of.map((each) => judge(caller, each, named)).find(isRefusal) ?? ALLOWED;
    case 'anyOf': {
      const answers = requires.of.map((each) => judge(caller, each, named));
      return answers.includes(ALLOWED) ? ALLOWED : (answers[0] ?? ALLOWED);
    }
  }
}

const isRefusal = (answer: string) => answer !== ALLOWED;

/** Weight of the effective level: the highest of the default user's, that of active groups, his own; owners of repositories. */
export function levelOn(caller: Caller, kind: ObjectKind, place: Place): number {
  if (caller.admin) return WEIGHT.admin;
  const byDefault = place === 'shared' ? WEIGHT.read : WEIGHT.none;
  if (place !== 'own') return byDefault;
  const granted = caller.way === 'inactive group' ? 'none' : (caller.levels?.[kind] ?? 'none');
  const asOwner = caller.owner && kind === 'repo' ? WEIGHT.admin : WEIGHT.none;
  return Math.max(byDefault, WEIGHT[granted], asOwner);
}

/** The default user has no permission to create here, so all comes from oneself or an active group. */
export const hasGlobal = (caller: Caller) =>
  caller.admin === true || (caller.creates === true && caller.way !== 'inactive group');

/** @param isNamed by its name, and not by its number, from which nobody shall learn the name */
export function outOfScope(caller: Caller, kind: ObjectKind, place: Place, isNamed = true): string | null {
  const objects = caller.scopes?.filter((scope) => scope.includes(':')) ?? [];
  if (kind === 'userGroup' || objects.length === 0) return null;
  const scope = kind === 'repo' ? `repo:${place}` : `group:${place}`;
  if (objects.some((each) => each.replace('/**', '') === scope)) return null;
  if (!isNamed) return lacksIt(kind === 'repo' ? 'repository' : 'repository group');
  return lacks(kind === 'repo' ? `repo:${place}/project` : `group:${place}`);
}
