import type { PolicyDeclaration } from '../sdk/index.js';

const DEADLINE_MS = 5_000;
const LONGEST_DEADLINE_MS = 30_000;

/** A policy sees no more commits of a push. */
export const MOST_COMMITS = 1_000;

/** How long a policy may think. */
export const deadlineOf = ({ deadlineMs = DEADLINE_MS }: PolicyDeclaration): number =>
  Math.min(deadlineMs, LONGEST_DEADLINE_MS);
