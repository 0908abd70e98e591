import type { GitConfig } from './git-environment.js';

/** What old programs wrote into many honest histories, and no client stumbles over. */
const HARMLESS = ['badTimezone', 'missingSpaceBeforeDate', 'zeroPaddedFilemode'];

/** Lets git look at every object before it is stored: what would leave a work tree or lead a client astray is refused. */
export const checkedObjects = (by: 'receive' | 'fetch'): GitConfig => [
  [`${by}.fsckObjects`, 'true'],
  ...HARMLESS.map((defect) => [`${by}.fsck.${defect}`, 'ignore'] as const),
];
