import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gatewayMethods } from '../../src/reference/index.js';
import { UNSERVED_METHODS } from '../../src/rpc/unserved-methods.js';

/** Every method of RhodeCode CE 4.27 by its family, and those that only its Enterprise edition documents. */
const FACTS = JSON.parse(
  readFileSync(new URL('../facts/rhodecode-methods.json', import.meta.url), 'utf8'),
) as Record<string, string[]>;
const theirs = Object.values(FACTS).flat();
const ours = new Set(gatewayMethods().flatMap(({ name, aliases }) => [name, ...aliases]));

describe('every method of RhodeCode 4', () => {
  it('is served, or listed with the reason', () => {
    const page = readFileSync(new URL('../../docs/compatibility.md', import.meta.url), 'utf8');
    const listed = theirs.filter((name) => !ours.has(name));
    expect(listed.filter((name) => !Object.hasOwn(UNSERVED_METHODS, name))).toEqual([]);
    for (const name of listed) expect(page).toContain(`| \`${name}\` | ${UNSERVED_METHODS[name] ?? ''} |`);
  });

  it('is listed as missing only while it is, and where RhodeCode has it', () => {
    const wrong = Object.keys(UNSERVED_METHODS).filter((name) => ours.has(name) || !theirs.includes(name));
    expect(wrong).toEqual([]);
  });

  it('is known by number', () => {
    const community = theirs.filter((name) => !FACTS['enterprise only']?.includes(name));
    expect(community.length).toBe(88);
    expect(community.filter((name) => ours.has(name)).length).toBe(72);
  });
});
