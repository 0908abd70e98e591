/** What git ends with when the request is to blame, and not the repository or the machine. */
const OF_REQUESTS = [
  'git upload-pack: ambiguous deepen-not',
  'git upload-pack: deepen and deepen-since',
  'git upload-pack: expected ',
  'git upload-pack: filtering capability not negotiated',
  'git upload-pack: not our ref',
  'upload-pack: not our ref',
  'git upload-pack: protocol error',
  'no commits selected for shallow requests',
  'Invalid deepen',
  'invalid shallow line',
  'invalid filter-spec',
  "expected 'tree:<depth>'",
  'expected something after combine:',
  'must escape char in sub-filter-spec',
  'sparse:path filters support has been dropped',
  'invalid command',
  "command '",
  'no command requested',
  'unknown capability',
  'unexpected line',
  'expected flush after',
  'error: unsupported object format',
  'mismatched object format',
  'protocol error: ',
  'the remote end hung up unexpectedly',
  'unexpected response end packet',
];

/** What only a client can cause is a bug to git now and then. */
const ENDS = /^(?:fatal: |BUG: [\w.-]+:\d+: )(.*)/;

/**
 * @param diagnostics clean, of a git that served a client and failed
 * @returns what its client should read; null when that is no business of clients
 */
export function complaintOf(diagnostics: string): string | null {
  const complaints = diagnostics.split('\n').flatMap((line) => ENDS.exec(line)?.[1] ?? []);
  return complaints.find((said) => OF_REQUESTS.some((known) => said.startsWith(known))) ?? null;
}
