import type { DeclaredMethod } from '../../../src/reference/declared-methods.js';
import type { ObjectKind, Requirement } from '../../../src/rpc/requirement.js';
import type { JsonSchema } from '../../../src/sdk/index.js';
import type { Caller } from './callers.js';
import { expected, PLACES, type Named, type Place } from './oracle.js';
import type { Stage } from './stage.js';

/** One way to call a method, and what every caller should hear. */
export interface MatrixCase {
  /** Which objects its arguments name. */
  readonly label: string;
  readonly args: object;
  /** The outcome when there is a result; `allowed` without it. */
  readonly shows?: ((result: unknown) => string) | undefined;
  expectedFor(caller: Caller): string;
}

/** Whether the declaration leaves something to the service, so that a row must say what comes of it. */
export function decidesItself(requires: Requirement): boolean {
  return 'of' in requires ? requires.of.some(decidesItself) : requires.kind === 'service';
}

/** Besides, `authenticated` leaves it open what of everything a caller is shown. */
export const leavesMuchOpen = (requires: Requirement) =>
  decidesItself(requires) || requires.kind === 'authenticated' || requires.kind === 'public';

/** A method once for every combination of places that its object arguments may point at. */
export function declaredCases(stage: Stage, { name, requires, args }: DeclaredMethod): MatrixCase[] {
  const required = Object.fromEntries(
    args.filter(({ required }) => required).map((arg) => [arg.name, sample(arg.schema)]),
  );
  return combinations(objectsOf(requires)).map((places) => {
    const named: Record<string, Named> = {};
    for (const [arg, { kind, place }] of places) named[arg] = { place, given: idOf(stage, kind, place) };
    const ids = Object.fromEntries(Object.entries(named).map(([arg, { given }]) => [arg, given]));
    return {
      label: [...places.values()].map(({ place }) => place).join(' + ') || 'no object',
      args: { ...required, ...ids },
      expectedFor: (caller) => expected(caller, name, requires, named),
    };
  });
}

function objectsOf(requires: Requirement): Map<string, ObjectKind> {
  if ('of' in requires) return new Map(requires.of.flatMap((each) => [...objectsOf(each)]));
  return new Map(requires.kind === 'object' ? [[requires.arg, requires.object]] : []);
}

type Places = Map<string, { kind: ObjectKind; place: Place }>;

function combinations(objects: Map<string, ObjectKind>): Places[] {
  let all: Places[] = [new Map()];
  for (const [arg, kind] of objects)
    all = all.flatMap((places) => PLACES.map((place) => new Map([...places, [arg, { kind, place }]])));
  return all;
}

/** By number where a refusal that gave the name away would show it. */
export function idOf(stage: Stage, kind: ObjectKind, place: Place): string | number {
  if (place === 'other') {
    const { repoId, groupId, userGroupId } = stage.at.other;
    return { repo: repoId, repoGroup: groupId, userGroup: userGroupId }[kind];
  }
  return { repo: `${place}/project`, repoGroup: place, userGroup: `${place}-people` }[kind];
}

/** Any value that an argument takes. */
function sample(schema: JsonSchema): unknown {
  const { type, enum: values, minimum } = schema as { type?: unknown; enum?: unknown[]; minimum?: number };
  if (values?.[0] !== undefined) return values[0];
  switch (Array.isArray(type) ? type[0] : type) {
    case 'integer':
    case 'number':
      return minimum ?? 1;
    case 'boolean':
      return true;
    case 'array':
      return ['x'];
    case 'object':
      return {};
    default:
      return 'x';
  }
}
