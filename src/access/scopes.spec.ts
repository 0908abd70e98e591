import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Scopes } from './scopes.js';

const all = (scope: string, group: string) => new Scopes([scope]).allowsAllBelow('repo', group);

describe('scopes that let everything below a group through', () => {
  it.each([
    ['repo:**', 'infra'],
    ['repo:infra/**', 'infra'],
    ['repo:infra/**', 'infra/deep/er'],
    ['repo:{infra,tools}/**', 'tools'],
    ['repo:*/**', 'infra/deep'],
    ['read', 'infra'],
  ])('%s: %s', (scope, group) => {
    expect(all(scope, group)).toBe(true);
  });

  it.each([
    ['repo:infra', 'infra'],
    ['repo:infra/*', 'infra'],
    ['repo:infra/**', 'infrastructure'],
    ['repo:infra**', 'infra'],
    ['repo:infra/*/**', 'infra'],
    ['repo:!infra/secret/**', 'infra'],
    ['group:**', 'infra'],
  ])('not %s: %s', (scope, group) => {
    expect(all(scope, group)).toBe(false);
  });

  it('let every name below it through', () => {
    const piece = fc.constantFrom('a', 'b', 'ab', '.a', '*', '**', '?', '!a', '{a,b}', '!(a)', '[ab]', 'a*');
    const path = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('/'));
    const name = fc
      .array(fc.constantFrom('a', 'b', 'ab', '.a'), { minLength: 1, maxLength: 3 })
      .map((pieces) => pieces.join('/'));
    fc.assert(
      fc.property(path, name, name, (glob, group, below) => {
        const scopes = new Scopes([`repo:${glob}`]);
        fc.pre(scopes.allowsAllBelow('repo', group));
        expect(scopes.allowsObject('repo', `${group}/${below}`)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});
