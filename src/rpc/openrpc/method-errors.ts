import type { Json, JsonObject } from '../../sdk/index.js';
import type { DescribedMethod } from '../described-method.js';
import { FAULT_CODES, type FaultReason } from '../errors.js';
import { FAULT_WORDS } from '../fault-words.js';
import { isReading } from '../reading-methods.js';
import type { Requirement } from '../requirement.js';
import type { ExecutedCall } from './executed-examples.js';

/** `CANCELLED` shares its code with `DEADLINE`; whoever cancelled hears of neither. No method answers the other one. */
const REASONS = (Object.keys(FAULT_CODES) as FaultReason[]).filter(
  (reason) => reason !== 'CANCELLED' && reason !== 'METHOD_NOT_FOUND',
);

/** For `components.errors`, by reason. */
export const errorComponents = (): JsonObject =>
  Object.fromEntries(
    REASONS.map((reason) => [reason, { code: FAULT_CODES[reason], message: FAULT_WORDS[reason] }]),
  );

/** @param executed its examples: what was really refused is listed, whatever the rules below say */
export function errorsOf(method: DescribedMethod, executed: readonly ExecutedCall[]): Json[] {
  const seen = new Set(executed.map(({ error }) => error?.code));
  return REASONS.filter((reason) => mayAnswer(method, reason) || seen.has(FAULT_CODES[reason])).map(
    (reason) => ({ $ref: `#/components/errors/${reason}` }),
  );
}

function mayAnswer({ name, requires, args }: DescribedMethod, reason: FaultReason): boolean {
  if (reason === 'KEY_INVALID' || reason === 'DENIED') return requires.kind !== 'public';
  if (reason === 'CONFLICT' || reason === 'REFUSED') return !isReading(name);
  if (reason === 'NOT_FOUND') return namesObject(requires) || args.some((arg) => arg.name.endsWith('id'));
  return true;
}

function namesObject(requirement: Requirement): boolean {
  if (requirement.kind === 'allOf' || requirement.kind === 'anyOf') return requirement.of.some(namesObject);
  return requirement.kind === 'object';
}
