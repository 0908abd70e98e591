import { describe, expect, it } from 'vitest';
import { EVENT_CONTRACTS } from '../../src/events/catalogue.js';
import { documentedMethods } from '../../src/reference/index.js';
import { isRequirement, type Requirement } from '../../src/rpc/requirement.js';

const methods = await documentedMethods();

describe('every method', () => {
  it('is found', () => {
    expect(methods.length).toBeGreaterThan(30);
    expect(new Set(methods.map(({ name }) => name)).size).toBe(methods.length);
  });

  it.each(methods.map((method) => [method.name, method] as const))(
    '%s declares what it needs and does',
    (_, method) => {
      expect(isRequirement(method.requires)).toBe(true);
      expect(method.summary).toMatch(/^[A-Z].*[^.]$/);
      for (const contract of method.emits ?? []) expect(EVENT_CONTRACTS).toContain(contract);
      for (const object of objectsOf(method.requires)) {
        expect(method.args.find(({ name }) => name === object)?.required).toBe(true);
      }
    },
  );
});

/** Arguments by which a requirement finds its object; a missing one would leave the guard without an object. */
function objectsOf(requirement: Requirement): string[] {
  if (requirement.kind === 'allOf' || requirement.kind === 'anyOf') return requirement.of.flatMap(objectsOf);
  return requirement.kind === 'object' ? [requirement.arg] : [];
}
