import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiJson } from './ascii.js';
import { decodeJson } from './decode.js';
import { errorPosition } from './error-position.js';
import { compact, elementStarts, memberText } from './json-scanner.js';

const digits = fc.stringMatching(/^-?[1-9]\d{0,30}(\.\d{1,20})?([eE][+-]?\d{1,3})?$/);
const key = fc.oneof(
  fc.constantFrom('id', 'i\\d', '"id"', '\\', 'x'),
  fc.string({ unit: 'binary', maxLength: 5 }),
);
const space = fc.constantFrom('', ' ', '\n\t ', '\r\n');

/** JSON of an object with raw members, white space anywhere, and the id somewhere among them. */
const objectWithId = fc
  .tuple(
    fc.array(fc.tuple(key, fc.jsonValue({ maxDepth: 3 })), { maxLength: 4 }),
    digits,
    fc.nat(4),
    space,
    space,
  )
  .map(([members, id, place, before, after]) => {
    const texts = members
      .filter(([name]) => name !== 'id')
      .map(([name, value]) => `${JSON.stringify(name)}${before}:${after}${JSON.stringify(value, null, 1)}`);
    texts.splice(place, 0, `"id"${after}:${before}${id}`);
    return { id, text: `{${before}${texts.join(`${after},${before}`)}${after}}` };
  });

describe('the raw text of an id', () => {
  it('is found digit by digit among any members', () => {
    fc.assert(
      fc.property(objectWithId, ({ id, text }) => {
        expect(JSON.parse(text)).toHaveProperty('id', Number(id));
        expect(memberText(text, 0, 'id')).toBe(id);
      }),
    );
  });

  it('is found in every element of a batch', () => {
    fc.assert(
      fc.property(fc.array(objectWithId, { maxLength: 5 }), space, (objects, gap) => {
        const text = `${gap}[${gap}${objects.map((object) => object.text).join(`${gap},${gap}`)}${gap}]`;
        const starts = elementStarts(text);
        expect(starts.map((start) => memberText(text, start, 'id'))).toEqual(objects.map(({ id }) => id));
      }),
    );
  });

  it('loses only white space between tokens', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(compact(JSON.stringify(value, null, 2))).toBe(JSON.stringify(value));
      }),
    );
  });
});

describe('the position of a parse error', () => {
  it.each([
    ['', 0],
    ['  ', 2],
    ['{', 1],
    ['{"a"', 4],
    ['{"a":', 5],
    ['{"a" 1}', 5],
    ['{"a":1,}', 7],
    ['{,}', 1],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['[1}', 2],
    ['{"a":1]', 6],
    ['nul', 0],
    ['01', 1],
    ['1.', 1],
    ['-', 0],
    ['"ab', 3],
    ['"a\\x"', 2],
    ['"a\\u12g4"', 2],
    ['"a\nb"', 2],
    ['{} x', 3],
    ["{'a':1}", 1],
    ['{"jsonrpc":"2.0","method":"foobar, "params":"bar","baz]', 36],
  ])('of %j is %i', (text, position) => {
    expect(() => JSON.parse(text) as unknown).toThrow();
    expect(errorPosition(text)).toBe(position);
  });

  it('is the end of a text that was cut off, and never beyond', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), (value, cut) => {
        const whole = JSON.stringify([value]);
        const text = whole.slice(0, cut % whole.length);
        const position = errorPosition(text);
        expect(position).toBeLessThanOrEqual(text.length);
        // What stands before the position can still become JSON: the next character of the whole is the first lost.
        expect(position).toBeGreaterThanOrEqual(Math.max(0, text.length - 25));
      }),
    );
  });

  it('shows nothing of the body', () => {
    const decoded = decodeJson(Buffer.from('{"api_key": "topsecret" oops}'));
    expect(decoded).toEqual({ ok: false, problem: 'invalid JSON at position 24' });
  });
});

describe('escaping', () => {
  it('keeps the value and leaves ASCII only', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = asciiJson(JSON.stringify(text));
        expect(escaped).toMatch(/^[ -\u007f]*$/);
        expect(JSON.parse(escaped)).toBe(text);
      }),
    );
  });
});
