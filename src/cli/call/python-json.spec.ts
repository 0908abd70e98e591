import { describe, expect, it } from 'vitest';
import { dumps, dumpsPretty } from './python-json.js';

describe('JSON as Python writes it', () => {
  it('has spaces behind commas and colons on one line', () => {
    expect(dumps({ b: [1, 'x', null], a: {} })).toBe('{"b": [1, "x", null], "a": {}}');
  });

  it('is sorted and indented by four when pretty, empty ones on one line', () => {
    expect(dumpsPretty({ b: [{ c: true }], a: [], B: {} })).toBe(
      '{\n    "B": {},\n    "a": [],\n    "b": [\n        {\n            "c": true\n        }\n    ]\n}',
    );
  });

  it('is ASCII', () => {
    expect(dumps('Grüße \u{1f600}\n')).toBe('"Gr\\u00fc\\u00dfe \\ud83d\\ude00\\n"');
  });
});
