import { requireFullId } from '../names.js';
import { PatchReader } from '../patch-reader.js';
import { DEFAULT_DIFF, type Diff, type DiffOptions } from '../vcs.js';
import { succeeded, type HgCommand } from './hg-command.js';

/** In git's format, which alone can tell renames and kinds of files. */
const DIFF = ['diff', '--git', '--no-binary'];

export async function hgDiff(
  hg: HgCommand,
  path: string,
  from: string,
  to: string,
  options: DiffOptions = {},
): Promise<Diff> {
  const { context, maxTextBytes } = { ...DEFAULT_DIFF, ...options };
  const sides = ['--rev', requireFullId(from), '--rev', requireFullId(to)];
  const result = await hg.run(path, ['-R', path, ...DIFF, `--unified=${context}`, ...sides], options);
  const reader = new PatchReader(maxTextBytes);
  reader.push(Buffer.from(succeeded(result).stdout));
  return reader.end();
}
