import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { executedExamples } from '../../src/rpc/openrpc/executed-examples.js';
import { documentedMethods } from '../../src/reference/index.js';

const examples = executedExamples(fileURLToPath(new URL('../../docs/examples', import.meta.url)));
const methods = await documentedMethods();

/** Without a right and without an argument there is nothing of its own to refuse. */
const canRefuse = ({ requires, args }: (typeof methods)[number]) =>
  requires.kind !== 'authenticated' || args.some(({ required }) => required);

describe('the examples', () => {
  it('are of methods that exist', () => {
    const names = new Set(methods.map(({ name }) => name));
    expect(examples.filter(({ method }) => !names.has(method))).toEqual([]);
  });

  it.each(methods.map((method) => [method.name, method] as const))('show %s', (name, method) => {
    const own = examples.filter((call) => call.method === name);
    const shown = own.filter(({ error }) => error === undefined);
    expect(shown, `${name} needs an example, see test/examples`).not.toEqual([]);
    if (canRefuse(method)) {
      expect(own.length, `${name} needs an example of a refusal, see test/examples`).toBeGreaterThan(
        shown.length,
      );
    }
  });

  it.each(methods.map((method) => [method.name, method] as const))(
    'record only events that %s declares',
    (name, { emits = [] }) => {
      const recorded = examples.filter((call) => call.method === name).flatMap(({ events = [] }) => events);
      const declared = emits.map(({ type }) => type);
      expect(recorded.filter((type) => !declared.includes(type))).toEqual([]);
    },
  );
});
