import { requireFullId } from '../names.js';
import { PatchReader } from '../patch-reader.js';
import { PatchSplitter } from '../patch-splitter.js';
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

/** Ids in one command; another user of the command server has his turn between them. */
const IDS_AT_ONCE = 100;

export async function hgPatches(
  hg: HgCommand,
  path: string,
  rawIds: readonly string[],
  options: DiffOptions = {},
): Promise<Diff[]> {
  const { context, maxTextBytes } = { ...DEFAULT_DIFF, ...options };
  const splitter = new PatchSplitter(maxTextBytes);
  const config = ['--config', 'diff.nobinary=True', '--config', `diff.unified=${context}`];
  for (let start = 0; start < rawIds.length; start += IDS_AT_ONCE) {
    const ids = rawIds.slice(start, start + IDS_AT_ONCE).map(requireFullId);
    const log = ['log', '--git', '--patch', '-T', '{node}\n', '-r', ids.join('+')];
    splitter.push(
      Buffer.from(succeeded(await hg.run(path, ['-R', path, ...config, ...log], options)).stdout),
    );
  }
  return splitter.of(rawIds);
}
