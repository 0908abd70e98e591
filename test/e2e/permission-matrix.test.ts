import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeclaredMethod } from '../../src/reference/declared-methods.js';
import { gatewayMethods } from '../../src/reference/index.js';
import { CALLERS } from '../harness/matrix/callers.js';
import {
  declaredCases,
  decidesItself,
  leavesMuchOpen,
  type MatrixCase,
} from '../harness/matrix/declared-cases.js';
import { gateOf, GATES } from '../harness/matrix/gates.js';
import { ALLOWED, setMode } from '../harness/matrix/rehearsal.js';
import { rowCases } from '../harness/matrix/row-cases.js';
import { ROWS } from '../harness/matrix/rows/index.js';
import { Stage } from '../harness/matrix/stage.js';

const METHODS = gatewayMethods();
const table = (methods: readonly DeclaredMethod[]) => methods.map((method) => [method.name, method] as const);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.gateway.close());

/** Every caller in every case; what is not as expected shows as a difference in one line. */
async function compare({ name }: DeclaredMethod, cases: readonly MatrixCase[]): Promise<void> {
  const expectations: Record<string, string> = {};
  const outcomes: Record<string, string> = {};
  await Promise.all(
    CALLERS.flatMap((caller) =>
      cases.map(async ({ label, args, shows, expectedFor }) => {
        const line = `${caller.name} -> ${label}`;
        expectations[line] = expectedFor(caller);
        const key = await stage.keyOf(caller, name);
        const { error, result } = await stage.gateway.ask(name, args, key);
        outcomes[line] = error ?? shows?.(result) ?? ALLOWED;
      }),
    ),
  );
  expect(outcomes).toEqual(expectations);
}

describe('what a method declares, the guard asks of every caller', () => {
  beforeAll(() => setMode('guard'));
  afterAll(() => setMode('real'));

  it.each(table(METHODS.filter(({ requires }) => !decidesItself(requires))))('%s', (_name, method) =>
    compare(method, declaredCases(stage, method)),
  );
});

describe('what a method decides by itself', () => {
  beforeAll(() => setMode('rehearse'));
  afterAll(() => setMode('real'));

  it.each(table(METHODS.filter(({ name }) => ROWS[name])))('%s', async (name, method) => {
    for (const row of ROWS[name] ?? []) {
      if (row.arrange) await stage.gateway.db.query(row.arrange.before);
      await compare(method, rowCases(stage, method, row));
      if (row.arrange) await stage.gateway.db.query(row.arrange.after);
    }
  });
});

describe('the matrix', () => {
  it('has every method with what it asks for', () => {
    expect(
      Object.fromEntries(METHODS.map(({ name, requires }) => [name, gateOf(requires)])),
      'A new method gets a line in test/harness/matrix/gates.ts; a changed one is changed there only if opening or ' +
        'closing it was meant',
    ).toEqual(GATES);
  });

  it('has rows for every method whose declaration does not say everything', () => {
    const missing = METHODS.filter(({ name, requires }) => leavesMuchOpen(requires) && !ROWS[name]);
    expect(
      missing.map(({ name, family, requires }) => `${name} (${family}): ${JSON.stringify(requires)}`),
      'The declarations of these methods leave to the service who hears what. For each, put under its name what every ' +
        "standing hears into the family's file in test/harness/matrix/rows/ (see row.ts there)",
    ).toEqual([]);
  });

  it('has rows for methods only', () => {
    const names = new Set(METHODS.map(({ name }) => name));
    expect(Object.keys(ROWS).filter((name) => !names.has(name))).toEqual([]);
  });
});
