import type { EventEnvelope } from 'forgegate/sdk';

export const FORMATS = ['forgegate', 'github', 'gitea', 'gitlab', 'rhodecode'] as const;
export type Format = (typeof FORMATS)[number];

/** One request of a delivery: an event becomes several where a format has one for each ref. */
export interface Message {
  /** How the format calls the event; goes into `X-GitHub-Event` and its like. */
  readonly name: string;
  /** For `X-Gitea-Event-Type`, which is finer. */
  readonly kind: string;
  readonly body: string;
  /** For `${...}` in the URL. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What one event is in a format; null when the format has no words for it. */
export type Renderer = (event: EventEnvelope) => readonly Rendered[] | null;

export interface Rendered {
  readonly name: string;
  /** Where it differs from the name. */
  readonly kind?: string;
  readonly payload: object;
  readonly variables?: Readonly<Record<string, string>>;
}
