import type { ObjectKind } from '../../../../src/rpc/requirement.js';
import type { Place } from '../oracle.js';
import type { Belongings } from '../stage.js';

/** Where a row is tried: names and ids there. */
export interface Scene extends Belongings {
  readonly place: Exclude<Place, 'missing'>;
  /** Full name. */
  readonly repo: string;
  readonly group: string;
  readonly people: string;
}

/**
 * What every standing gets to hear (`<user>` is the caller's name): `allowed`, the exact refusal, or what `shows` makes of the result. A standing that
 * is left out hears what the next lower one does (none < read < write < admin < superAdmin; author and creator: none).
 */
export interface Outcomes {
  /** No right at all. */
  readonly none: string;
  readonly read?: string;
  readonly write?: string;
  readonly admin?: string;
  /** Who wrote what lies at the place; he has read on it. */
  readonly author?: string;
  /** Has the global permissions that let one create. */
  readonly creator?: string;
  readonly superAdmin?: string;
  /** A super admin's key for this method on another repository. */
  readonly elsewhere: string;
  /** Callers whom no standing describes, by name. */
  readonly but?: Readonly<Record<string, string>>;
}

/** One way to call a method, with what comes of it. */
export interface Row {
  /** Tells rows of one method apart. */
  readonly label?: string;
  /** Kind of object whose level makes the standing; without it only author, creator and super admin stand out. */
  readonly about?: ObjectKind;
  /** Where it is tried; at `own` and `other` unless said otherwise. */
  readonly at?: readonly Scene['place'][];
  /** Its arguments also name something elsewhere, so that at `other` a key for what lies there is not enough. */
  readonly leadsAway?: true;
  args(scene: Scene): object;
  outcomes(scene: Scene): Outcomes;
  /** Statements around all calls of the row. */
  readonly arrange?: { readonly before: string; readonly after: string };
  /** What of the result depends on the caller; without it a result counts as `allowed`. */
  shows?(result: unknown): string;
}

export type Rows = Readonly<Record<string, readonly Row[]>>;
