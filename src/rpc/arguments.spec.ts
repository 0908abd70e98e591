import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsDefined,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Min,
  ValidateNested,
  validateSync,
} from 'class-validator';
import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Bool, Id, Int, JsonObjectArg, List, OneOf, StringList, Text } from './argument-types.js';
import { isExact, schemaOf } from './arguments/schema.js';
import { ArgumentBinder, Refusal } from './arguments.js';

class EveryType {
  @Id() id!: number | string;
  @Id({ optional: true }) otherId?: number | string;
  @Text({ min: 2, max: 4 }) text!: string;
  @Text({ optional: true }) anyText?: string;
  @Text({ nullable: true }) textOrNull!: string | null;
  @Bool() flag!: boolean;
  @Int({ min: -1, max: 10 }) int!: number;
  @Int({ optional: true }) anyInt?: number;
  @OneOf(['git', 'hg', 3]) choice!: string | number;
  @StringList({ max: 2 }) names!: string[];
  @List({ max: 2 }) list!: unknown[];
  @JsonObjectArg() object!: Record<string, unknown>;
  @IsOptional() @IsInt() @Min(3) plainInt?: number;
  @IsBoolean() plainFlag!: boolean;
  @IsString() plainText!: string;
}

/** Values near every edge that a check has. */
const anything = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    false,
    -1,
    0,
    3,
    10,
    11,
    1.5,
    -0,
    2 ** 53,
    -(2 ** 53),
    1e300,
  ),
  fc.constantFrom(
    '',
    'a',
    'ab',
    'abcd',
    'abcde',
    '\u{1f600}',
    '\u{1f600}\u{1f600}',
    'x\ufe0f',
    'a\0b',
    '\ud800',
    'git',
    'hg',
  ),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.array(fc.oneof(fc.string({ maxLength: 2 }), fc.constant('\0'), fc.integer()), { maxLength: 3 }),
  fc.dictionary(fc.string({ maxLength: 3 }), fc.anything(), { maxKeys: 2 }),
);

const valid = {
  id: 1,
  text: 'abc',
  textOrNull: null,
  flag: true,
  int: 5,
  choice: 'git',
  names: ['a'],
  list: [1],
  object: {},
  plainFlag: false,
  plainText: '',
};

describe('the compiled check', () => {
  it('accepts and refuses exactly what class-validator does', () => {
    const check = new Ajv({ strict: false }).compile(schemaOf(EveryType));
    const properties = Object.keys(new EveryType()) as (keyof EveryType)[];
    const decide = (changes: object) => {
      const instance = Object.assign(new EveryType(), valid, changes);
      return { compiled: check(instance), slow: validateSync(instance).length === 0 };
    };
    expect(isExact(EveryType)).toBe(true);
    expect(decide({})).toEqual({ compiled: true, slow: true });
    let accepted = 0;
    fc.assert(
      fc.property(fc.constantFrom(...properties), anything, (property, value) => {
        const { compiled, slow } = decide({ [property]: value });
        if (compiled) accepted++;
        return compiled === slow;
      }),
      { numRuns: 6000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('is not used where no schema says exactly the same', () => {
    class Custom {
      @Matches(/^a+$/i) word!: string;
    }
    expect(isExact(Custom)).toBe(false);
    const binder = new ArgumentBinder('m', Custom);
    expect(binder.byName({ word: 'Aa' }, false)).toEqual({ word: 'Aa' });
    expect(binder.byName({ word: 'b' }, false)).toBeInstanceOf(Refusal);
  });
});

describe('binding', () => {
  class Base {
    @Id() repoid!: number | string;
  }
  class Point {
    @IsInt() x!: number;
  }
  class Derived extends Base {
    @Text() name!: string;
    @Int() size = 3;
    @IsDefined() @IsObject() @ValidateNested() @Type(() => Point) point!: Point;
  }
  const binder = new ArgumentBinder('m', Derived);

  it('knows order, defaults and older names, ancestors first', () => {
    expect(binder.descriptors.map(({ name, required }) => [name, required])).toEqual([
      ['repoid', true],
      ['name', true],
      ['size', false],
      ['point', true],
    ]);
    expect(binder.descriptors[2]?.default).toBe(3);
    expect(binder.descriptors[0]?.aliases).toEqual(['repo', 'repo_name']);
  });

  it('makes instances, of nested classes too, by name and by position', () => {
    const byName = binder.byName({ repoid: 1, name: 'n', point: { x: 2 } }, false);
    expect(byName).toBeInstanceOf(Derived);
    expect(byName).toEqual({ repoid: 1, name: 'n', size: 3, point: { x: 2 } });
    expect((byName as Derived).point).toBeInstanceOf(Point);
    expect(binder.byPosition([1, 'n', null, { x: 2 }])).toEqual(byName);
  });

  it('names the place of a wrong value inside a nested object', () => {
    expect(binder.byName({ repoid: 1, name: 'n', point: { x: 'far' } }, false)).toEqual(
      new Refusal({
        kind: 'value',
        name: 'point',
        message: 'argument `point.x`: x must be an integer number',
      }),
    );
  });

  it('gives a method without arguments an empty object', () => {
    const none = new ArgumentBinder('m', null);
    expect(none.byName({}, false)).toEqual({});
    expect(none.byName({ a: 1 }, true)).toEqual({});
    expect(none.byName({ a: 1 }, false)).toEqual(new Refusal({ kind: 'unknown', names: ['a'] }));
  });
});
