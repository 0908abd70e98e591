import { compactJson } from './compact-json.js';

export const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
export const fencedJson = (value: unknown): string => ['```json', compactJson(value), '```'].join('\n');
export const quoted = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** As GitHub makes it of a heading. */
export const anchor = (heading: string): string =>
  `#${heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')}`;

/** A link to a heading of a page; of the same one when no page is given. */
export const linkTo = (heading: string, page = ''): string => `[\`${heading}\`](${page}${anchor(heading)})`;
