import type { EventEnvelope, EventMap } from '../events/index.js';
import { permissionWords, userGroupWords, userWords } from './accounts.js';
import { refWords, repoGroupWords, repoWords } from './repositories.js';
import { changesetWords, gistWords, pullRequestWords } from './reviews.js';
import { webhookWords } from './webhooks.js';
import type { NoticeField, Tone, Words } from './words.js';

/** An event in words for people. All of it is plain text with what users wrote in it: escape it for where it is shown. */
export interface EventNotice {
  /** One line without control characters, at most 300 characters. */
  readonly title: string;
  /** What people wrote, or ''; at most 2,000 characters in lines. */
  readonly text: string;
  /** A page of the gateway; null when there is none. */
  readonly url: string | null;
  /** At most 10; one line each, at most 200 characters. */
  readonly fields: readonly NoticeField[];
  readonly tone: Tone;
}

const WORDS: { [Type in keyof EventMap]: (data: EventMap[Type]['data']) => Words } = {
  ...repoWords,
  ...refWords,
  ...repoGroupWords,
  ...userWords,
  ...userGroupWords,
  ...permissionWords,
  ...pullRequestWords,
  ...changesetWords,
  ...gistWords,
  ...webhookWords,
};

const LONGEST_TITLE = 300;
const LONGEST_TEXT = 2_000;
const LONGEST_VALUE = 200;
const MOST_FIELDS = 10;

/** What chat rooms and mails say of an event. Types of plugins are told by their names. */
export function eventNotice({ type, data }: EventEnvelope): EventNotice {
  const words = Object.hasOwn(WORDS, type) ? WORDS[type as keyof EventMap] : undefined;
  const { did, said = '', url, fields = [], tone = 'neutral' } = words?.(data as never) ?? { did: type };
  return {
    title: oneLine(`${data.actor.username} ${did}`, LONGEST_TITLE),
    text: shortened(
      said
        .replace(/\r\n?/g, '\n')
        .replace(/[^\P{Cc}\n\t]/gu, '')
        .trim(),
      LONGEST_TEXT,
    ),
    url: url ?? null,
    fields: fields
      .slice(0, MOST_FIELDS)
      .map(({ name, value }) => ({ name, value: oneLine(value, LONGEST_VALUE) })),
    tone,
  };
}

/** The same text, in which no `@name` calls anybody: an invisible character stands behind each `@`. */
export const withoutMentions = (text: string): string => text.replace(/@(?=[\p{L}\p{N}_&!])/gu, '@\u200b');

const oneLine = (text: string, longest: number): string =>
  shortened(text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim(), longest);

/** By characters, so that none is cut in two. */
function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const characters = Array.from(text);
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}

export type { NoticeField, Tone } from './words.js';
