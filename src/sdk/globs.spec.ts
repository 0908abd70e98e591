import { describe, expect, it } from 'vitest';
import { globMatcher } from './globs.js';

describe('globMatcher', () => {
  it.each([
    ['repo.*', 'repo.created', true],
    ['repo.*', 'repo_group.created', false],
    ['*', 'tools/parser', true],
    ['tools/*', 'tools/old/parser', true],
    ['*.created', 'repo.created.', false],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['ab*ba', 'aba', false],
    ['a+(b)', 'a+(b)', true],
    ['a?', 'ab', false],
    ['', 'a', false],
  ])('%j on %j: %s', (pattern, text, expected) => {
    expect(globMatcher([pattern])(text)).toBe(expected);
  });

  it('matches when one of several patterns does, and nothing without patterns', () => {
    expect(globMatcher(['x', 'y*'])('yes')).toBe(true);
    expect(globMatcher([])('yes')).toBe(false);
  });

  it('is not kept busy by a pattern of many stars', () => {
    expect(globMatcher([`${'*a'.repeat(5_000)}b`])('a'.repeat(10_000))).toBe(false);
  });
});
