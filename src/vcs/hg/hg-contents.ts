import { fileBatches, type Listed } from '../file-batches.js';
import type { FileContent, FilePlace } from '../file-content.js';
import { requireFullId } from '../names.js';
import { recordedText } from '../recorded-text.js';
import { pathNotFound, treePath } from '../tree-path.js';
import { VcsError, type OperationOptions } from '../vcs.js';
import { succeeded, type HgCommand } from './hg-command.js';

/** Another user of the command server has his turn between batches of so many bytes or files. */
const BATCH = { bytes: 2 * 1024 * 1024, files: 200 };

/** Contents come as digits: answers of the command server are read as text, which would not keep every byte. */
export async function readHgFiles(
  hg: HgCommand,
  path: string,
  place: FilePlace,
  visit: (file: FileContent) => void,
  options?: OperationOptions,
): Promise<void> {
  const root = treePath(place.directory);
  const rawId = requireFullId(place.rawId);
  const below = root === '' ? [] : [`path:${root}`];
  const listing = ['-R', path, 'files', '-T', '{size} {path}\n', '-r', rawId, ...below];
  const listed = await hg.run(path, listing, options);
  // 1: nothing there.
  const entries = entriesOf(listed.code === 1 ? '' : succeeded(listed).stdout);
  if (root !== '' && !entries.some((entry) => entry.path.startsWith(`${root}/`))) throw pathNotFound();
  for (const { entries: batch, wanted } of fileBatches(entries, place.largest, BATCH)) {
    const contents = await read(hg, path, rawId, wanted, options);
    for (const entry of batch) {
      const content = contents.get(entry.path) ?? null;
      if (content === null && wanted.includes(entry))
        throw new VcsError('FAILED', 'a file of the commit cannot be read');
      visit({ path: recordedText(entry.path), size: entry.size, content });
    }
  }
}

async function read(
  hg: HgCommand,
  path: string,
  rawId: string,
  entries: readonly Listed[],
  options?: OperationOptions,
): Promise<Map<string, Buffer>> {
  if (entries.length === 0) return new Map();
  const places = entries.map((entry) => `path:${entry.path}`);
  const cat = ['-R', path, 'cat', '-T', '{data|hex} {path}\n', '-r', rawId, ...places];
  const { stdout } = succeeded(await hg.run(path, cat, options));
  const lines = stdout.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const end = line.indexOf(' ');
      return [line.slice(end + 1), Buffer.from(line.slice(0, end), 'hex')];
    }),
  );
}

function entriesOf(output: string): Listed[] {
  const lines = output.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const end = line.indexOf(' ');
    return { size: Number(line.slice(0, end)), path: line.slice(end + 1) };
  });
}
