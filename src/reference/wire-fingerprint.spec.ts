import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../sdk/index.js';
import { isToldOf, wireFingerprint } from './wire-fingerprint.js';

const documentWith = (properties: JsonObject, words = 'a'): JsonObject => ({
  info: { version: words },
  methods: [
    {
      name: 'get_repo',
      summary: words,
      params: [{ name: 'repoid', required: true, description: words, schema: { type: 'string' } }],
      result: { schema: { type: 'object', properties } },
      examples: [words],
    },
  ],
});

describe('the fingerprint of the wire', () => {
  const before = wireFingerprint(documentWith({ repo_id: { type: 'integer' } }));

  it('stays when only words change', () => {
    expect(before).toMatch(/^[0-9a-f]{8}$/);
    const others = documentWith({ repo_id: { type: 'integer', description: 'of the row' } }, 'b');
    expect(wireFingerprint(others)).toBe(before);
  });

  it.each([
    ['a member is added', { repo_id: { type: 'integer' }, description: { type: 'string' } }],
    ['a member has another type', { repo_id: { type: 'string' } }],
    ['a member goes', {}],
  ])('changes when %s', (_, properties) => {
    expect(wireFingerprint(documentWith(properties))).not.toBe(before);
  });

  it('changes with a member that has the name of a word', () => {
    const schema = (type: string) => wireFingerprint(documentWith({ description: { type } }));
    expect(schema('string')).not.toBe(schema('integer'));
  });
});

describe('the changelog', () => {
  const changelog = `# Changelog\n\n## Unreleased\n\n- One. [wire 11111111]\n- Two. [wire 22222222]\n\n## 1.0.0\n\n- Old. [wire 33333333]\n`;

  it('tells of a wire that a line of the newest section names', () => {
    expect(isToldOf('22222222', changelog)).toBe(true);
    expect(isToldOf('44444444', changelog)).toBe(false);
    expect(isToldOf('33333333', changelog)).toBe(false);
  });

  it('still tells of it after a release, when nothing new is written yet', () => {
    expect(isToldOf('33333333', changelog.replaceAll(/^- (One|Two).*\n/gm, ''))).toBe(true);
    expect(isToldOf('33333333', '# Changelog\n')).toBe(false);
  });
});
