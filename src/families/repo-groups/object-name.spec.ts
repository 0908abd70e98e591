import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RepoRoot } from '../../vcs/repo-root.js';
import { componentFault, isTooLong, joinName, slug, splitName } from './object-name.js';

const ROOT = '/nowhere/forgegate-repos';

/** Texts that are near to what could do harm. */
const piece = fc.constantFrom(
  '..',
  '.',
  '/',
  '\\',
  '\0',
  '\n',
  '-',
  '~',
  '%2e%2e',
  '%2f',
  ':',
  '<b>',
  '&amp;',
  ' ',
  '_admin',
  '_12',
  '.git',
  '.HG',
  'rm__',
  '\u00a0',
  '\u202e',
  '\u2024',
  '\uff0f',
  'e\u0301',
  '\u00e9',
  'ﬁ',
  '\ud800',
  '😀',
  'a',
  'B',
  '7',
);
const hostile = fc.oneof(
  fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
);
const accepted = hostile.filter((name) => componentFault(name, true) === null);
const RUNS = { numRuns: 2_000 };

describe('slug', () => {
  it.each([
    ['plain', 'plain'],
    ['a b', 'a-b'],
    ['<test>', ''],
    ['x<b>y</b>', 'xy'],
    ['R&amp;D', 'RD'],
    ['R&D', 'R-D'],
    [':', ''],
    ['--a---b--', 'a-b'],
    ['under_score.dot', 'under_score.dot'],
    ['Größe', 'Größe'],
    ['`?=[]\\;\'"<>,/~!@#$%^&*()+{}|:', ''],
  ])('of %j is %j', (text, expected) => {
    expect(slug(text)).toBe(expected);
  });

  it('is its own slug', () => {
    fc.assert(
      fc.property(hostile, (text) => slug(slug(text)) === slug(text)),
      RUNS,
    );
  });
});

describe('a new component', () => {
  it.each(['a', '7', '1st', '.dotted', 'a.b', 'trailing.', 'a_b', 'Ünï', '名前', '_admins', 'x'.repeat(200)])(
    'may be %j',
    (name) => {
      expect(componentFault(name, true)).toBeNull();
    },
  );

  it.each([
    ['', 'is empty or only dots'],
    ['.', 'is empty or only dots'],
    ['..', 'is empty or only dots'],
    ['....', 'is empty or only dots'],
    ['a/b', 'has characters that are not allowed; try `a-b`'],
    ['/etc', 'has characters that are not allowed; try `etc`'],
    ['a\\b', 'has characters that are not allowed; try `a-b`'],
    ['a b', 'has characters that are not allowed; try `a-b`'],
    ['-a', 'has characters that are not allowed; try `a`'],
    ['a\nb', 'has invisible characters'],
    ['a\u00a0b', 'has invisible characters'],
    ['a\u200db', 'has invisible characters'],
    ['a\u202eb', 'has invisible characters'],
    ['a\ud800', 'has invisible characters'],
    ['e\u0301', 'is not in Unicode normal form C'],
    ['.git', 'is kept for the gateway'],
    ['.Hg', 'is kept for the gateway'],
    ['rm__x', 'is kept for the gateway'],
    ['é'.repeat(101), 'is longer than 200 bytes'],
  ])('%j %s, at any depth', (name, fault) => {
    expect(componentFault(name, true)).toBe(fault);
    expect(componentFault(name, false)).toBe(fault);
  });

  it.each(['_admin', '_ADMIN', '_7', '_0123'])('%j is kept for the gateway at the top only', (name) => {
    expect(componentFault(name, true)).toBe('is kept for the gateway');
    expect(componentFault(name, false)).toBeNull();
  });

  it('has exactly one place, which lies directly in its parent', () => {
    const root = new RepoRoot(ROOT);
    fc.assert(
      fc.property(fc.array(accepted, { minLength: 1, maxLength: 4 }), (components) => {
        const name = components.reduce<string | null>((parent, base) => joinName(parent, base), null) ?? '';
        expect(root.directory(name)).toBe(join(ROOT, ...components));
        expect(splitName(name)).toEqual([components.slice(0, -1).join('/') || null, components.at(-1)]);
      }),
      RUNS,
    );
  });

  it('looks like what it is: one visible form, and no part of a path', () => {
    fc.assert(
      fc.property(accepted, (name) => {
        expect(name).toBe(name.normalize('NFC'));
        expect(name).toBe(slug(name));
        expect(name).not.toMatch(/[/\\\p{Cc}\p{Cf}\p{Cs}]/u);
        expect(Buffer.from(name).toString()).toBe(name);
      }),
      RUNS,
    );
  });

  it('is refused whatever else is in it, when it could lead away', () => {
    const leading = fc.constantFrom('/', '\\', '\0', '\u202e', '\ud800', '~', ':');
    fc.assert(
      fc.property(hostile, leading, hostile, (before, bad, after) => {
        const name = before + bad + after;
        expect(componentFault(name, false)).not.toBeNull();
      }),
      RUNS,
    );
  });
});

describe('a full name', () => {
  it('is cut at the last slash', () => {
    expect(splitName('a/b/c')).toEqual(['a/b', 'c']);
    expect(splitName('a')).toEqual([null, 'a']);
  });

  it('may have 1024 characters', () => {
    expect(isTooLong('x'.repeat(1024))).toBe(false);
    expect(isTooLong('x'.repeat(1025))).toBe(true);
  });
});
