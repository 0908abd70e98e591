import { describe, expect, it } from 'vitest';
import { compactJson } from './compact-json.js';

const long = 'x'.repeat(90);

describe('compact JSON', () => {
  it('keeps on one line what fits there', () => {
    expect(compactJson({ a: [1, 'two', null], b: {}, c: [] })).toBe(
      '{ "a": [1, "two", null], "b": {}, "c": [] }',
    );
  });

  it('breaks only what does not fit', () => {
    expect(compactJson({ text: long, inner: { a: 1 } })).toBe(
      `{\n  "text": "${long}",\n  "inner": { "a": 1 }\n}`,
    );
    expect(compactJson([[long], 'b'])).toBe(`[\n  ["${long}"],\n  "b"\n]`);
  });

  it.each([[null], [[]], [{ a: [{ b: long }, { c: [long, long] }] }]])('is still the same value', (value) => {
    expect(JSON.parse(compactJson(value))).toEqual(value);
  });
});
