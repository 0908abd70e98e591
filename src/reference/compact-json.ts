const WIDTH = 100;

/** JSON in which whatever fits on one line stands on one. */
export function compactJson(value: unknown, indent = ''): string {
  const line = onOneLine(value);
  if (indent.length + line.length <= WIDTH || value === null || typeof value !== 'object') return line;
  const deeper = `${indent}  `;
  const members = Array.isArray(value)
    ? value.map((item) => deeper + compactJson(item, deeper))
    : Object.entries(value).map(
        ([name, child]) => `${deeper}${JSON.stringify(name)}: ${compactJson(child, deeper)}`,
      );
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${members.join(',\n')}\n${indent}${close}`;
}

export function onOneLine(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`;
  const members = Object.entries(value).map(
    ([name, child]) => `${JSON.stringify(name)}: ${onOneLine(child)}`,
  );
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
