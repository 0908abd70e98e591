import { cleanDiagnostics } from '../diagnostics.js';
import { VcsError, type OperationOptions } from '../vcs.js';
import type { GitCommand } from './git-command.js';

/** With fewer commits git is as fast without. */
export const MANY_COMMITS = 1_000;
/** Commits that get their filter of changed paths in one run; the others follow in later ones. */
const FILTERS_AT_ONCE = 20_000;

/**
 * Writes which commits there are, how they hang together and which paths they change, so that walks need not open
 * every commit. Adds to what is there; readers are not disturbed. Another process that does the same wins.
 */
export async function writeCommitGraph(
  git: GitCommand,
  path: string,
  { signal }: OperationOptions = {},
): Promise<void> {
  const args = ['commit-graph', 'write', '--reachable', '--changed-paths', '--split', '--no-progress'];
  const call = { gitDir: path, signal };
  const { code, stderr } = await git.run([...args, `--max-new-filters=${FILTERS_AT_ONCE}`], call);
  if (code === 0 || /unable to create .*\.lock|file exists/i.test(stderr)) return;
  throw new VcsError('FAILED', 'the commit-graph could not be written', cleanDiagnostics(stderr));
}
