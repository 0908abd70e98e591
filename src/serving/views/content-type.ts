import { isUtf8 } from 'node:buffer';
import { lookup } from 'mime-types';

/** As git does it: text has no NUL near its beginning. */
const LOOKED_AT = 8_000;
const TEXTUAL = /^text\/|[/+](?:xml|json|javascript|ecmascript|yaml|toml|sql|graphql|x-sh|x-httpd-php)$/;
/** Textual ones that programs want under their own name, and that cannot act, or not in our sandbox. */
const KEPT = new Set(['image/svg+xml', 'application/json', 'text/csv', 'text/markdown']);

/**
 * What a file of a user is sent as. Whatever a browser would run, or read as a page, is plain text.
 * @param content null: too large to look at; its name decides then
 */
export function contentTypeOf(name: string, content: Buffer | null): string {
  const named = lookup(name) || 'application/octet-stream';
  const isText = content === null ? TEXTUAL.test(named) : !content.subarray(0, LOOKED_AT).includes(0);
  // Endings are shared: `.ts` is a program or a film.
  if (!isText) return TEXTUAL.test(named) ? 'application/octet-stream' : named;
  const type = KEPT.has(named) ? named : 'text/plain';
  const charset = content === null || isUtf8(content) ? '; charset=utf-8' : '';
  return type.startsWith('text/') ? type + charset : type;
}
