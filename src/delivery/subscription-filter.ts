import { Ajv } from 'ajv';
import picomatch from 'picomatch';
import type { EventEnvelope, JsonObject } from '../sdk/index.js';
import { bodyMismatch, CONDITIONS_SCHEMA, type Conditions } from './body-conditions.js';

/** Narrows a subscription beyond types and scope; every member that is given must hold. Globs as picomatch reads them. */
export interface EventFilter {
  /** Of events that have branches: one must match. The target of a pull request, the refs of a push. */
  readonly branches?: readonly string[];
  /** Of events that name files: one must match. */
  readonly paths?: readonly string[];
  /** User names; `!name` leaves one out. */
  readonly actors?: readonly string[];
  /** Path in the event -> operators, e.g. `{"data.pull_request.title": {"$startsWith": "WIP"}}`. */
  readonly body?: Conditions;
}

const globs = {
  type: 'array',
  minItems: 1,
  maxItems: 50,
  items: { type: 'string', minLength: 1, maxLength: 200 },
};
const validate = new Ajv({ strict: false, allowUnionTypes: true, verbose: true }).compile({
  type: 'object',
  additionalProperties: false,
  properties: { branches: globs, paths: globs, actors: globs, body: { $ref: '#/definitions/conditions' } },
  definitions: CONDITIONS_SCHEMA,
});

/** @returns what is wrong with it, naming the member; null when nothing is */
export function filterProblem(filter: JsonObject): string | null {
  if (validate(filter)) return null;
  const [error] = validate.errors ?? [];
  const path = `filter${error?.instancePath.replaceAll('/', '.') ?? ''}`;
  if (error?.keyword !== 'additionalProperties') return `${path} ${error?.message ?? 'is invalid'}`;
  const { additionalProperty } = error.params as { additionalProperty: string };
  const { properties } = error.parentSchema as { properties: object };
  return `${path}.${additionalProperty} is not known; there are ${Object.keys(properties).join(', ')}`;
}

/** Why an event is not wanted, for people; null when it is. */
export function filterMismatch(filter: EventFilter, event: EventEnvelope): string | null {
  const { branches, paths, actors, body } = filter;
  const { username } = event.data.actor;
  if (actors && !matches(actors, [username])) return `actor ${username} is not among ${actors.join(', ')}`;
  const onBranches = branchesOf(event.data);
  if (branches && onBranches.length > 0 && !matches(branches, onBranches))
    return `no branch of ${onBranches.slice(0, 5).join(', ')} matches ${branches.join(', ')}`;
  const files = pathsOf(event.data);
  if (paths && files !== null && files.length > 0 && !matches(paths, files))
    return `none of ${files.length} files matches ${paths.join(', ')}`;
  return body ? bodyMismatch(body, event) : null;
}

const SLASHES = { dot: true };

/** `!x` alone means everything but x; beside others it takes x away from them. */
function matches(patterns: readonly string[], texts: readonly string[]): boolean {
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!'));
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const isWanted = picomatch(wanted.length > 0 ? [...wanted] : ['**'], SLASHES);
  const isUnwanted = unwanted.length > 0 ? picomatch(unwanted, SLASHES) : () => false;
  return texts.some((text) => isWanted(text) && !isUnwanted(text));
}

interface Located {
  readonly refs?: readonly {
    readonly type: string;
    readonly name: string;
    readonly commits: readonly {
      readonly added: readonly string[];
      readonly changed: readonly string[];
      readonly removed: readonly string[];
      readonly truncated: boolean;
    }[];
  }[];
  readonly pull_request?: { readonly other_ref_parts: readonly [string, string, string] };
  readonly comment?: { readonly f_path?: string | null };
  readonly branch?: { readonly name?: string };
  readonly bookmark?: { readonly name?: string };
}

function branchesOf(data: object): string[] {
  const { refs, pull_request: pullRequest, branch, bookmark } = data as Located;
  return [
    ...(refs ?? []).filter(({ type }) => type === 'branch' || type === 'bookmark').map(({ name }) => name),
    ...(pullRequest ? [pullRequest.other_ref_parts[1]] : []),
    ...[branch?.name, bookmark?.name].filter((name) => name !== undefined),
  ];
}

/** Null when the event does not tell all of them. */
function pathsOf(data: object): string[] | null {
  const { refs, comment } = data as Located;
  const commits = (refs ?? []).flatMap((ref) => ref.commits);
  if (commits.some(({ truncated }) => truncated)) return null;
  const files = commits.flatMap(({ added, changed, removed }) => [...added, ...changed, ...removed]);
  return [...files, ...(comment?.f_path ? [comment.f_path] : [])];
}
