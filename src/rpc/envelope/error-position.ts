const LITERALS = ['true', 'false', 'null'];
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SPACE = /[ \t\r\n]*/y;

type Expecting = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | 'comma or end';

/** Length of the longest valid beginning of a string token; complete when it ends in a quote. */
function stringEnd(text: string, at: number): { end: number; complete: boolean } {
  for (at++; at < text.length; at++) {
    const unit = text.charAt(at);
    if (unit === '"') return { end: at + 1, complete: true };
    if (unit < ' ') break;
    if (unit !== '\\') continue;
    if (/^u[0-9a-fA-F]{4}/.test(text.slice(at + 1, at + 6))) at += 5;
    else if (/^["\\/bfnrt]/.test(text.slice(at + 1, at + 2))) at++;
    else break;
  }
  return { end: at, complete: false };
}

/**
 * Where a text stops being JSON, as an index in UTF-16 units; its length where it just ends too early.
 * The engine's own message would show a piece of the body, which may hold a key.
 */
export function errorPosition(text: string): number {
  const open: ('{' | '[')[] = [];
  let expecting: Expecting = 'value';
  let at = 0;
  for (;;) {
    SPACE.lastIndex = at;
    SPACE.test(text);
    at = SPACE.lastIndex;
    if (at >= text.length) return text.length;
    const unit = text.charAt(at);
    const inside = open.at(-1);
    if (expecting === ':') {
      if (unit !== ':') return at;
      expecting = 'value';
      at++;
    } else if (expecting === 'comma or end') {
      if (inside === undefined) return at;
      if (unit === ',') expecting = inside === '{' ? 'key' : 'value';
      else if (unit === (inside === '{' ? '}' : ']')) open.pop();
      else return at;
      at++;
    } else if ((unit === '}' || unit === ']') && expecting.endsWith(unit)) {
      open.pop();
      expecting = 'comma or end';
      at++;
    } else if (unit === '"') {
      const { end, complete } = stringEnd(text, at);
      if (!complete) return end;
      expecting = expecting.startsWith('key') ? ':' : 'comma or end';
      at = end;
    } else if (expecting.startsWith('key')) {
      return at;
    } else if (unit === '{' || unit === '[') {
      open.push(unit);
      expecting = unit === '{' ? 'key or }' : 'value or ]';
      at++;
    } else {
      NUMBER.lastIndex = at;
      const literal = LITERALS.find((word) => text.startsWith(word, at));
      if (literal) at += literal.length;
      else if (NUMBER.test(text)) at = NUMBER.lastIndex;
      else return at;
      expecting = 'comma or end';
    }
  }
}
