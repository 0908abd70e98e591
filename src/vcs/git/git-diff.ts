import { requireFullId, revisionNotFound } from '../names.js';
import { PatchReader } from '../patch-reader.js';
import { PatchSplitter } from '../patch-splitter.js';
import { DEFAULT_DIFF, type Diff, type DiffOptions } from '../vcs.js';
import type { GitCommand } from './git-command.js';

/** Plumbing, so that no setting of the repository changes the form; nothing that it could name is started. */
export const PATCH = [
  'diff-tree',
  '--patch',
  '--find-renames',
  '--full-index',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--src-prefix=a/',
  '--dst-prefix=b/',
];

export async function gitDiff(
  git: GitCommand,
  path: string,
  from: string,
  to: string,
  options: DiffOptions = {},
): Promise<Diff> {
  const { context, maxTextBytes, signal } = { ...DEFAULT_DIFF, ...options };
  const reader = new PatchReader(maxTextBytes);
  const args = [...PATCH, `--unified=${context}`, '--end-of-options'];
  const config = [['core.quotePath', 'false']] as const;
  const call = { gitDir: path, config, signal, onOutput: (chunk: Buffer) => reader.push(chunk) };
  await git.output([...args, requireFullId(from), requireFullId(to)], call, (stderr) => {
    const missing = /bad object ([0-9a-f]{40})/.exec(stderr)?.[1];
    return missing === undefined ? null : revisionNotFound(missing);
  });
  return reader.end();
}

export async function gitPatches(
  git: GitCommand,
  path: string,
  rawIds: readonly string[],
  options: DiffOptions = {},
): Promise<Diff[]> {
  const { context, maxTextBytes, signal } = { ...DEFAULT_DIFF, ...options };
  const splitter = new PatchSplitter(maxTextBytes);
  const args = [...PATCH, `--unified=${context}`, '--stdin', '--root', '--diff-merges=first-parent'];
  const input = rawIds.map((id) => `${requireFullId(id)}\n`).join('');
  const config = [['core.quotePath', 'false']] as const;
  const onOutput = (chunk: Buffer) => splitter.push(chunk);
  if (rawIds.length > 0) await git.output(args, { gitDir: path, config, signal, input, onOutput });
  return splitter.of(rawIds);
}
