/**
 * Whether a text matches one of the patterns, in which `*` stands for any run of characters, dots and slashes included,
 * and everything else for itself. No regular expression: no pattern of a user can keep it busy.
 */
export function globMatcher(patterns: readonly string[]): (text: string) => boolean {
  const split = patterns.map((pattern) => pattern.split('*'));
  return (text) => split.some((parts) => fits(parts, text));
}

function fits(parts: readonly string[], text: string): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= end;
}
