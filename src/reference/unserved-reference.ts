import { UNSERVED_METHODS } from '../rpc/unserved-methods.js';
import { cell } from './markdown.js';

const BEGIN = '<!-- unserved methods: written by `npm run generate` -->';
const END = '<!-- unserved methods: end -->';

/** @param page text of `docs/compatibility.md`, where the table stands between two marks @returns it with today's table */
export function withUnserved(page: string): string {
  const [before, rest = ''] = page.split(BEGIN);
  const [, after] = rest.split(END);
  if (before === undefined || after === undefined)
    throw new Error(`no place for the unserved methods: ${BEGIN}`);
  const rows = Object.entries(UNSERVED_METHODS).map(([name, reason]) => `| \`${name}\` | ${cell(reason)} |`);
  const table = ['| method | why it is not there |', '| --- | --- |', ...rows].join('\n');
  const lines = [BEGIN, '<!-- prettier-ignore-start -->', table, '<!-- prettier-ignore-end -->', END];
  return before + lines.join('\n\n') + after;
}
