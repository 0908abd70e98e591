/** JSON as Python's `json` module writes it, which is what the output of the old tools was read by: ASCII only. */
export const dumps = (value: unknown): string => ascii(onOneLine(value));

/** Members sorted by name, four spaces a level. */
export const dumpsPretty = (value: unknown): string => ascii(indented(value, ''));

const STEP = '    ';

function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, child]) => `${JSON.stringify(name)}: ${onOneLine(child)}`)
    .join(', ')}}`;
}

function indented(value: unknown, indent: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const deeper = indent + STEP;
  const isList = Array.isArray(value);
  const lines = isList
    ? value.map((item) => deeper + indented(item, deeper))
    : Object.entries(value)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, child]) => `${deeper}${JSON.stringify(name)}: ${indented(child, deeper)}`);
  const [open, close] = isList ? '[]' : '{}';
  return lines.length === 0 ? `${open}${close}` : `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

const ascii = (json: string) =>
  json.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
