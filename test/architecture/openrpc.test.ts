import { fileURLToPath } from 'node:url';
import { dereferenceDocument, validateOpenRPCDocument } from '@open-rpc/schema-utils-js';
import { describe, expect, it } from 'vitest';
import { documentedMethods } from '../../src/reference/index.js';
import { FAULT_CODES, type FaultReason } from '../../src/rpc/errors.js';
import { openRpcDocument } from '../../src/rpc/openrpc/document.js';
import { executedExamples } from '../../src/rpc/openrpc/executed-examples.js';
import { isReading } from '../../src/rpc/reading-methods.js';
import { listOf, named, text } from '../../src/rpc/result-shapes.js';
import type { JsonSchema } from '../../src/sdk/index.js';
import { closed, misfit } from '../harness/closed-schema.js';

const methods = await documentedMethods();
const examples = executedExamples(fileURLToPath(new URL('../../docs/examples', import.meta.url)));
const plain = openRpcDocument(methods, examples, 'https://forge.example.com');

interface Described {
  name: string;
  params: { name: string; required: boolean; schema: JsonSchema }[];
  result: { schema: JsonSchema };
  errors: { code: number }[];
  examples: { params: { name: string; value: unknown }[]; result: { value: unknown } }[];
}

type Document = Parameters<typeof validateOpenRPCDocument>[0];
const copy = () => structuredClone(plain) as unknown as Document;
const resolved = (await dereferenceDocument(copy())) as unknown as { methods: Described[] };
const each = resolved.methods.map((method) => [method.name, method] as const);

describe('the OpenRPC document', () => {
  it('is a valid one of version 1.4', () => {
    expect(plain.openrpc).toBe('1.4.1');
    expect(validateOpenRPCDocument(copy())).toBe(true);
  });

  it('would not be valid without parameters', () => {
    const broken = structuredClone(plain) as unknown as { methods: { params?: unknown }[] };
    delete broken.methods[0]?.params;
    expect(validateOpenRPCDocument(broken as unknown as Document)).not.toBe(true);
  });

  it('describes every method, and says of each what it needs', () => {
    expect(each.map(([name]) => name)).toEqual(methods.map(({ name }) => name).sort());
    for (const [, method] of each) expect(method).toHaveProperty(['x-permission', 'rule']);
  });

  it.each(each)('shows executed examples of %s that fit its parameters and its result', (name, method) => {
    expect(method.examples.length).toBe(
      examples.filter((call) => call.method === name && call.error === undefined).length,
    );
    const result = closed(method.result.schema);
    for (const example of method.examples) {
      expect(misfit(result, example.result.value)).toBeNull();
      for (const param of example.params) {
        const known = method.params.find((each) => each.name === param.name);
        if (known) expect(misfit(closed(known.schema), param.value), `${name} ${param.name}`).toBeNull();
      }
      const given = new Set(example.params.map((param) => param.name));
      const missing = method.params.filter((param) => param.required && !given.has(param.name));
      expect(missing.filter(({ name: param }) => !isGivenByOlderName(name, param, given))).toEqual([]);
    }
  });

  it.each(each)('lists every error with which %s was refused', (name, method) => {
    const seen = examples.flatMap((call) => (call.method === name && call.error ? [call.error.code] : []));
    const listed = method.errors.map(({ code }) => code);
    expect(seen.filter((code) => !listed.includes(code))).toEqual([]);
    expect(new Set(listed).size).toBe(listed.length);
  });

  it('gives every listed error a code of the catalogue', () => {
    const codes = new Set(Object.keys(FAULT_CODES).map((reason) => FAULT_CODES[reason as FaultReason]));
    for (const [, { errors }] of each) expect(errors.every(({ code }) => codes.has(code))).toBe(true);
  });

  it('calls no method a reading one that records an event', () => {
    const recording = methods.filter(({ name, emits = [] }) => isReading(name) && emits.length > 0);
    expect(recording.map(({ name }) => name)).toEqual([]);
  });

  it('refuses two shapes of one name', () => {
    const [first, second] = methods;
    if (!first || !second) throw new Error('there are no methods');
    const one = { ...first, result: named('Same', { a: text }) };
    const other = { ...second, result: listOf(named('Same', { b: text })) };
    expect(() => openRpcDocument([one, other], [], 'https://forge.example.com')).toThrow(
      'Two shapes of results are called Same',
    );
  });
});

function isGivenByOlderName(method: string, argument: string, given: ReadonlySet<string>): boolean {
  const aliases = methods
    .find(({ name }) => name === method)
    ?.args.find(({ name }) => name === argument)?.aliases;
  return aliases?.some((alias) => given.has(alias)) ?? false;
}
