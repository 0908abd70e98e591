import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';

/** A value of the file, as text or as a list of texts; anything else is not a setting. */
export type FileValue = string | readonly string[] | { readonly unusable: string };

export interface SettingsFile {
  readonly path: string;
  readonly values: ReadonlyMap<string, FileValue>;
  readonly problems: readonly string[];
}

/** Reads `forgegate.yaml`; a missing file has no values. Empty values count as not set, as in the environment. */
export function readSettingsFile(path: string): SettingsFile {
  const values = new Map<string, FileValue>();
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const problems = code === 'ENOENT' ? [] : [`${path} cannot be read (${code})`];
    return { path, values, problems };
  }
  // numbers stay text: 0x10 or 1_000 must mean the same as in the environment
  const document = parseDocument(source, { schema: 'failsafe', prettyErrors: true });
  const problems = document.errors.map((error) => `${path}: ${error.message.split('\n')[0]}`);
  const root: unknown = problems.length === 0 ? document.toJS() : null;
  if (root === null || root === '') return { path, values, problems };
  if (typeof root !== 'object' || Array.isArray(root)) {
    return { path, values, problems: [`${path}: must be a list of lines such as \`port: 5000\``] };
  }
  for (const [key, value] of Object.entries(root)) {
    const usable = toFileValue(value);
    if (usable !== null) values.set(key, usable);
  }
  return { path, values, problems };
}

function toFileValue(value: unknown): FileValue | null {
  if (typeof value === 'string') return value.trim() || null;
  if (value === null) return null;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) {
    return value.map((item: string) => item.trim());
  }
  return { unusable: Array.isArray(value) ? 'a list with something else than texts in it' : 'a mapping' };
}
