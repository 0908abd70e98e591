/**
 * Finds pieces of a JSON text that `JSON.parse` has already accepted. Needed where the parsed value is not enough:
 * a number above 2^53 has lost its digits there. Nothing here recurses, so deep nesting is harmless.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

const isSpace = (unit: number) => unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;

function skipSpace(text: string, at: number): number {
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** @param at index of the opening quote @returns index after the closing one */
function endOfString(text: string, at: number): number {
  for (let quote = text.indexOf('"', at + 1); ; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
}

const opens = (unit: number) => unit === 0x7b || unit === 0x5b;
const closes = (unit: number) => unit === 0x7d || unit === 0x5d;

/** @returns index after the value that starts at `at` */
function endOfValue(text: string, at: number): number {
  let depth = 0;
  do {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    if (opens(unit)) depth++;
    else if (closes(unit)) depth--;
    at++;
    if (depth === 0 && !closes(unit)) at = endOfScalar(text, at);
  } while (depth > 0);
  return at;
}

function endOfScalar(text: string, at: number): number {
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === COMMA || closes(unit) || isSpace(unit)) break;
  }
  return at;
}

/** Raw text of a member of the object that starts at `start`; the last one where it is repeated, as `JSON.parse` has it. */
export function memberText(text: string, start: number, name: string): string | undefined {
  let found: string | undefined;
  let at = skipSpace(text, skipSpace(text, start) + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const keyEnd = endOfString(text, at);
    const key = JSON.parse(text.slice(at, keyEnd)) as string;
    const valueStart = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const valueEnd = endOfValue(text, valueStart);
    if (key === name) found = text.slice(valueStart, valueEnd);
    at = skipSpace(text, skipSpace(text, valueEnd) + 1);
  }
  return found;
}

/** Where each element starts in the array that is the whole text. */
export function elementStarts(text: string): number[] {
  const starts: number[] = [];
  let at = skipSpace(text, skipSpace(text, 0) + 1);
  while (at < text.length && !closes(text.charCodeAt(at))) {
    starts.push(at);
    at = skipSpace(text, endOfValue(text, at));
    if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1);
  }
  return starts;
}

/** The same JSON without white space between tokens. */
export function compact(text: string): string {
  const runs: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length;) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = endOfString(text, at);
    else if (!isSpace(unit)) at++;
    else {
      runs.push(text.slice(start, at));
      start = at = skipSpace(text, at);
    }
  }
  return start === 0 ? text : runs.join('') + text.slice(start);
}
