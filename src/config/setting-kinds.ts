import { resolve } from 'node:path';

/** How the text of a setting becomes its value. */
export interface Kind<T> {
  /** What is accepted, as the end of a sentence "must be ...". */
  readonly allowed: string;
  /**
   * @param text never empty, trimmed
   * @param folder what a relative path starts from
   * @returns undefined when the text is not accepted
   */
  parse(text: string, folder: string): T | undefined;
  /** As {@link parse}, for kinds that also take a list of the YAML file. */
  parseItems?(items: readonly string[], folder: string): T | undefined;
}

/** Accepts what also parses as `kind`, and says so when it is not set. */
export function optional<T>(kind: Kind<T>): Kind<T | null> {
  return kind;
}

export function text(allowed: string, pattern: RegExp): Kind<string> {
  return { allowed, parse: (given) => (pattern.test(given) ? given : undefined) };
}

export function integer(min: number, max: number, unit = ''): Kind<number> {
  return {
    allowed: `a whole number from ${min} to ${max}${unit && ` (${unit})`}`,
    parse(given) {
      const value = /^-?\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    },
  };
}

const WORDS = new Map([
  ...['true', 'yes', 'on', '1'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', '0'].map((word) => [word, false] as const),
]);

export const boolean: Kind<boolean> = {
  allowed: 'true or false',
  parse: (given) => WORDS.get(given.toLowerCase()),
};

export function oneOf<const T extends string>(values: readonly T[]): Kind<T> {
  return {
    allowed: `one of ${values.join(', ')}`,
    parse: (given) => values.find((value) => value === given),
  };
}

/** Separated by commas; in the YAML file also a list. */
export function list<T>(item: Kind<T>, atLeast = 0): Kind<readonly T[]> {
  const parseItems = (items: readonly string[], folder: string): readonly T[] | undefined => {
    const values = items.map((given) => item.parse(given, folder));
    const accepted = values.filter((value) => value !== undefined);
    return accepted.length === items.length && items.length >= atLeast ? Object.freeze(accepted) : undefined;
  };
  return {
    allowed: `a list separated by commas, each ${item.allowed}`,
    parse: (given, folder) => parseItems(splitList(given), folder),
    parseItems,
  };
}

export function setOf<T>(item: Kind<T>): Kind<ReadonlySet<T>> {
  const items = list(item, 1);
  const toSet = (values: readonly T[] | undefined) => values && new Set(values);
  return {
    allowed: items.allowed,
    parse: (given, folder) => toSet(items.parse(given, folder)),
    parseItems: (given, folder) => toSet(items.parseItems?.(given, folder)),
  };
}

/** Absolute afterwards. */
export const path: Kind<string> = {
  allowed: 'a path',
  parse: (given, folder) => (given.includes('\0') ? undefined : resolve(folder, given)),
};

function splitList(given: string): string[] {
  return given
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
