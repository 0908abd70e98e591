import { createHash } from 'node:crypto';
import type { JsonObject } from '../sdk/index.js';

/** Members of the document that say nothing to a program. */
const WORDS = new Set(['description', 'summary', 'examples', 'info', 'servers', 'tags', 'rule', 'example']);
/** Below them the members are names that people gave, and words are none. */
const NAMED = new Set(['properties', 'patternProperties', 'schemas']);

/** Eight hex digits that change when a program could notice it: names, schemas, errors, permissions, events, aliases. */
export const wireFingerprint = (document: JsonObject): string =>
  createHash('sha256')
    .update(JSON.stringify(wireOf(document)))
    .digest('hex')
    .slice(0, 8);

function wireOf(value: unknown, areNames = false): unknown {
  if (Array.isArray(value)) return value.map((item) => wireOf(item));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([name]) => areNames || !WORDS.has(name));
  return Object.fromEntries(
    members.map(([name, child]) => [name, wireOf(child, !areNames && NAMED.has(name))]),
  );
}

const MENTION = /\[wire ([0-9a-f]{8})\]/g;

/**
 * Whether the changelog tells of this wire: a line of its newest section that tells of any ends with `[wire <fingerprint>]`.
 * Needs no history, so that it holds in a shallow clone and in an archive too.
 */
export function isToldOf(fingerprint: string, changelog: string): boolean {
  for (const section of changelog.split(/^## /m)) {
    const told = [...section.matchAll(MENTION)].map(([, found]) => found);
    if (told.length > 0) return told.includes(fingerprint);
  }
  return false;
}
