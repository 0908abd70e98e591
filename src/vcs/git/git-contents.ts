import { cleanDiagnostics } from '../diagnostics.js';
import { fileBatches, type Listed } from '../file-batches.js';
import type { FileContent, FilePlace } from '../file-content.js';
import { requireFullId } from '../names.js';
import { recordedText } from '../recorded-text.js';
import { pathNotFound, treePath } from '../tree-path.js';
import { VcsError, type OperationOptions } from '../vcs.js';
import type { GitCommand } from './git-command.js';
import type { ObjectReaderPool } from './object-reader-pool.js';

/** Other readers of the repository have their turn between batches of so many bytes or files. */
const BATCH = { bytes: 4 * 1024 * 1024, files: 500 };

interface Entry extends Listed {
  id: string;
}

/** One process lists the files with their sizes; their contents come from the reader that runs anyway. */
export async function readGitFiles(
  { git, objects }: { git: GitCommand; objects: ObjectReaderPool },
  path: string,
  place: FilePlace,
  visit: (file: FileContent) => void,
  options: OperationOptions = {},
): Promise<void> {
  const root = treePath(place.directory);
  const tree = `${requireFullId(place.rawId)}:${root}`;
  const args = ['ls-tree', '-r', '-l', '-z', '--full-tree', '--end-of-options', tree];
  const output = await git.output(args, { gitDir: path, signal: options.signal }, noSuchTree);
  const listed = entriesOf(output, root === '' ? '' : `${root}/`);
  for (const { entries: batch, wanted } of fileBatches(listed, place.largest, BATCH)) {
    const requests = wanted.map(({ id }) => ({ command: 'contents', object: id }) as const);
    const answers = await objects.read(path, requests, options);
    const contents = new Map(wanted.map((entry, index) => [entry, answers[index]]));
    for (const entry of batch) {
      const answer = contents.get(entry);
      if (answer?.found === false) throw new VcsError('FAILED', 'a file of the commit cannot be read');
      visit({ path: entry.path, size: entry.size, content: answer?.content ?? null });
    }
  }
}

/** `<mode> <type> <id> <size> TAB <path> NUL`; submodules are left out. */
function entriesOf(output: string, prefix: string): Entry[] {
  return output.split('\0').flatMap((line) => {
    const [, id = '', size = '', path = ''] = /^\d+ blob ([0-9a-f]+) +(\d+)\t([^]*)$/.exec(line) ?? [];
    return id === '' ? [] : [{ path: prefix + recordedText(path), id, size: Number(size) }];
  });
}

const noSuchTree = (stderr: string) =>
  /not a (?:tree object|valid object name)|bad object/i.test(stderr)
    ? pathNotFound(cleanDiagnostics(stderr))
    : null;
