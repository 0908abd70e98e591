import { readFileSync } from 'node:fs';

/** Of the gateway, from its package.json: two levels up in the sources, three in a build. */
export const FORGEGATE_VERSION = readVersion();

function readVersion(): string {
  for (const candidate of ['../../package.json', '../../../package.json']) {
    try {
      const parsed = JSON.parse(readFileSync(new URL(candidate, import.meta.url), 'utf8')) as Record<
        string,
        string
      >;
      if (parsed.name === 'forgegate' && parsed.version) return parsed.version;
    } catch {
      // the other one
    }
  }
  throw new Error('package.json of Forgegate was not found beside its code');
}
