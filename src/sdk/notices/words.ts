import type { EventMap } from '../events/index.js';

/** `good` and `bad` are what a build or a review would be green and red for. */
export type Tone = 'neutral' | 'good' | 'bad';

export interface NoticeField {
  readonly name: string;
  readonly value: string;
}

/** What one type of event is in words. */
export interface Words {
  /** Goes behind the name of who did it: `locked tools/parser`. */
  readonly did: string;
  /** What people wrote, as they wrote it. */
  readonly said?: string;
  /** Of a page of the gateway. */
  readonly url?: string;
  readonly fields?: readonly NoticeField[];
  readonly tone?: Tone;
}

/** All types that start so; one that has no words does not compile. */
export type WordsOf<Prefix extends string> = {
  [Type in Extract<keyof EventMap, `${Prefix}.${string}`>]: (data: EventMap[Type]['data']) => Words;
};

export const field = (name: string, value: string | number | null | undefined): NoticeField[] =>
  value === null || value === undefined || value === '' ? [] : [{ name, value: String(value) }];

/** `one commit`, `3 commits`. */
export const counted = (count: number, noun: string): string =>
  count === 1 ? `one ${noun}` : `${count} ${noun}s`;

/** What changed, from the members that an event keeps the former values of. */
export const changed = (previous: object): NoticeField[] =>
  field('Changed', Object.keys(previous).join(', '));
