import { isAscii, isUtf8 } from 'node:buffer';
import { errorPosition } from './error-position.js';

export type Decoded =
  | { readonly ok: true; readonly text: string; readonly value: unknown }
  /** `problem` is our own wording: nothing of the body is in it. */
  | { readonly ok: false; readonly problem: string };

const invalid = (what: string, position: number): Decoded => ({
  ok: false,
  problem: `${what} at position ${String(position)}`,
});

/** First byte that cannot belong to UTF-8 text. */
function invalidByte(bytes: Buffer): number {
  // A valid beginning may end inside a character, so that up to three bytes are given back.
  const validWithin = (end: number) => [0, 1, 2, 3].find((back) => isUtf8(bytes.subarray(0, end - back)));
  let low = 0;
  let high = bytes.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (validWithin(middle) === undefined) high = middle;
    else low = middle;
  }
  return low - (validWithin(low) ?? 0);
}

/** Bytes to JSON: UTF-8, a byte order mark and surrounding white space tolerated. */
export function decodeJson(bytes: Buffer): Decoded {
  let text: string;
  if (isAscii(bytes)) text = bytes.toString('latin1');
  else if (isUtf8(bytes))
    text = bytes.toString('utf8', bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0);
  else return invalid('invalid UTF-8', invalidByte(bytes));
  try {
    return { ok: true, text, value: JSON.parse(text) as unknown };
  } catch {
    return invalid('invalid JSON', errorPosition(text));
  }
}
