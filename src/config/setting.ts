import type { Settings } from './settings.js';
import type { Kind } from './setting-kinds.js';

/** Settings that the defaults of others depend on; they stand first in the schema. */
export type Early = Pick<Settings, 'home' | 'host' | 'port'>;

export interface Setting<T> {
  /** Environment variable; the key in the file is the same in lower case without `FORGEGATE_`. */
  readonly env: string;
  readonly kind: Kind<T>;
  readonly fallback: T | ((known: Early) => T);
  /** How the default reads where it depends on other settings or is not there. */
  readonly fallbackText?: string;
  readonly meaning: string;
  /** Never shown. Passwords inside of URLs are hidden without it. */
  readonly secret?: boolean;
}

/** How each of some settings is read. */
export type SchemaOf<K extends keyof Settings> = { readonly [P in K]: Setting<Settings[P]> };
