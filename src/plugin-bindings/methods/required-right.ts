import { GLOBAL_PERMISSION_WEIGHT } from '../../access/levels.js';
import {
  allOf,
  anyOf,
  authenticated,
  global,
  repo,
  repoGroup,
  superAdmin,
  userGroup,
} from '../../access/requirements.js';
import type { Requirement } from '../../rpc/requirement.js';
import type { ObjectLevel, RequiredRight } from '../../sdk/index.js';

const LEVELS: ReadonlySet<unknown> = new Set<ObjectLevel>(['read', 'write', 'admin']);
const OBJECTS = { repo, repoGroup, userGroup } as const;

/**
 * What a plugin's method requires, in the words of the guard.
 * @param args names of the method's arguments
 * @throws Error when it names no right, or an argument that the method has not
 */
export function requirementFor(right: RequiredRight, args: ReadonlySet<string>): Requirement {
  if (typeof right === 'string') return requirementNamed(right);
  if ('anyOf' in right) return anyOf(...right.anyOf.map((each) => requirementFor(each, args)));
  if ('allOf' in right) return allOf(...right.allOf.map((each) => requirementFor(each, args)));
  for (const kind of ['repo', 'repoGroup', 'userGroup'] as const) {
    const level = (right as Record<string, unknown>)[kind];
    if (level === undefined) continue;
    if (!LEVELS.has(level)) throw new Error(`requires.${kind} must be read, write or admin`);
    const requirement = OBJECTS[kind](level as ObjectLevel, right.argument);
    const { arg } = requirement as { arg: string };
    if (!args.has(arg)) throw new Error(`requires.${kind} needs an argument \`${arg}\``);
    return requirement;
  }
  throw new Error('requires names no right');
}

function requirementNamed(name: string): Requirement {
  if (name === 'authenticated') return authenticated();
  if (name === 'hg.admin') return superAdmin();
  if (Object.hasOwn(GLOBAL_PERMISSION_WEIGHT, name)) return global(name);
  throw new Error(`requires: ${name} is no permission`);
}
