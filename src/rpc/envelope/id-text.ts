import { compact, memberText } from './json-scanner.js';

/**
 * The id as JSON text, exactly as it came: digits above 2^53, `1e400` and `-0` included. Only such ids pay for a look
 * at the raw text.
 * @param start where the object stands in `text`
 */
export function idText(id: unknown, text: string, start: () => number): string {
  if (typeof id === 'string' || typeof id === 'boolean' || id === null) return JSON.stringify(id);
  if (typeof id === 'number' && Number.isSafeInteger(id) && !Object.is(id, -0)) return String(id);
  return compact(memberText(text, start(), 'id') ?? 'null');
}
