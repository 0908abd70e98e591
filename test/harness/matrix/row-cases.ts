import type { DeclaredMethod } from '../../../src/reference/declared-methods.js';
import { AUTHOR, type Caller } from './callers.js';
import type { MatrixCase } from './declared-cases.js';
import { hasGlobal, lacksIt, levelOn, outOfScope, refusedKey, refusedScope } from './oracle.js';
import type { Outcomes, Row, Scene } from './rows/row.js';
import type { Stage } from './stage.js';

/** A row at each of its places. */
export function rowCases(stage: Stage, method: DeclaredMethod, row: Row): MatrixCase[] {
  return (row.at ?? (['own', 'other'] as const)).map((place): MatrixCase => {
    const scene: Scene = {
      ...stage.at[place],
      place,
      repo: `${place}/project`,
      group: place,
      people: `${place}-people`,
    };
    return {
      label: row.label ? `${row.label}, ${place}` : place,
      args: row.args(scene),
      shows: row.shows?.bind(row),
      expectedFor: (caller) => expectedOf(caller, method, row, scene).replace('<user>', caller.user ?? ''),
    };
  });
}

function expectedOf(caller: Caller, { name, requires }: DeclaredMethod, row: Row, scene: Scene): string {
  const refusal = refusedKey(caller) ?? refusedScope(caller, name, requires);
  if (refusal !== null) return refusal;
  const outcomes = row.outcomes(scene);
  const own = outcomes.but?.[caller.name];
  if (own !== undefined) return own;
  if (caller.scopes?.includes('group:other/**') && !isAtHome(row, scene)) return outcomes.elsewhere;
  const isNamed = outcomes.elsewhere !== lacksIt();
  const outside = caller.scopes && row.about ? outOfScope(caller, row.about, scene.place, isNamed) : null;
  return outside ?? outcomeFor(caller, row, scene, outcomes);
}

/** Whether a key that is limited to `other` meets only what lies there. */
const isAtHome = (row: Row, { place }: Scene) => place === 'other' && !row.leadsAway;

function outcomeFor(caller: Caller, row: Row, scene: Scene, outcomes: Outcomes): string {
  const { none, read = none, write = read, admin = write, superAdmin = admin } = outcomes;
  if (caller.admin) return superAdmin;
  if (caller.user === AUTHOR && scene.author === AUTHOR && outcomes.author !== undefined)
    return outcomes.author;
  if (hasGlobal(caller) && outcomes.creator !== undefined) return outcomes.creator;
  const level = row.about ? levelOn(caller, row.about, scene.place) : 0;
  return level >= 4 ? admin : level >= 3 ? write : level >= 1 ? read : none;
}
