import type { JsonSchema } from '../json.js';

/** Who did it. `user_id` is null when the system itself acted (a rescan at start, retention). */
export interface Actor {
  user_id: number | null;
  username: string;
}

/** The repository an event is about, as it was named when the event happened. */
export interface RepositoryRef {
  repo_id: number;
  repo_name: string;
  repo_type: 'git' | 'hg';
  url: string;
  clone_url: string;
}

/** Present in `data` of every event, whatever its type. */
export interface EventBase {
  event_id: number;
  actor: Actor;
  request_id: string | null;
}

/** The body that subscribers receive; `timestamp` is when it happened (UTC, `Z`), not when it was sent. */
export interface EventEnvelope<Type extends string = string, Data = Record<string, unknown>> {
  type: Type;
  version: number;
  timestamp: string;
  data: Data & EventBase;
}

/**
 * A contract: name, integer version, JSON Schema of the type's own part of `data`, and a real example.
 * A published version never changes its meaning; a breaking change is a new version.
 */
export interface EventContract<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly version: number;
  readonly summary: string;
  /** Recorded only for subscriptions that name the type itself, because it happens all the time; no `*` finds it. */
  readonly optIn?: boolean;
  /** Schema of `data` without the members of {@link EventBase}, which the outbox adds. */
  readonly schema: JsonSchema;
  readonly example: Data;
}

export function defineEvent<const Type extends string, Data>(contract: {
  type: Type;
  version: number;
  summary: string;
  optIn?: boolean;
  schema: JsonSchema;
  example: Data;
}): EventContract<Type, Data> {
  return Object.freeze(contract);
}
