export type Coercion = 'none' | 'text' | 'boolean' | 'integer' | 'list' | 'object';

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'on', 't', 'y'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off', 'f', 'n'].map((word) => [word, false] as const),
]);

function asObject(text: string): unknown {
  if (!text.trimStart().startsWith('{')) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * What command line clients send, who know only strings, as the value they mean.
 * A value that cannot be understood comes back as it is; the check that follows then refuses it.
 */
export function coerce(coercion: Coercion, value: unknown): unknown {
  switch (coercion) {
    case 'none':
      return value;
    case 'text':
      return Number.isSafeInteger(value) ? String(value) : value;
    case 'boolean':
      if (typeof value === 'string') return WORDS.get(value.toLowerCase()) ?? value;
      return value === 1 ? true : value === 0 ? false : value;
    case 'integer':
      return typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
    case 'list':
      return typeof value === 'string' || typeof value === 'number' ? [value] : value;
    case 'object':
      return typeof value === 'string' ? asObject(value) : value;
  }
}
