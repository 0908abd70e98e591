import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { partOf, WHOLE_BYTES } from '../file-part.js';
import { requireFullId, revisionNotFound } from '../names.js';
import { KeptAnswers, lengthOf } from '../kept-answers.js';
import { recordedText } from '../recorded-text.js';
import { fileTooLarge, MAX_FILE_BYTES, pathNotFound, treePath } from '../tree-path.js';
import type { ByteRange, FileEntry } from '../downloads.js';
import type { OperationOptions, TouchedFiles, Tree } from '../vcs.js';
import { succeeded, type HgCommand } from './hg-command.js';
import { NULL_ID } from './hg-records.js';

const KEPT_BYTES = 32 * 1024 * 1024;
const KEPT_ENTRIES_BYTES = 4 * 1024 * 1024;
const IDS_AT_ONCE = 500;
const TEMPLATE = 'json(node,parents,added,modified,removed)';

interface TouchedRecord {
  node: string;
  parents: string[];
  added: string[];
  modified: string[];
  removed: string[];
}
interface StatusRecord {
  path: string;
  status: string;
}

/** Which files changesets touch, which they have, and what is in them. */
export class HgFiles {
  private readonly keptTouched = new KeptAnswers<TouchedFiles>(KEPT_BYTES, ({ added, changed, removed }) =>
    lengthOf(added, changed, removed),
  );
  private readonly keptTrees = new KeptAnswers<Tree>(KEPT_BYTES, ({ directories, files }) =>
    lengthOf(directories, files),
  );

  private readonly keptEntries = new KeptAnswers<FileEntry>(KEPT_ENTRIES_BYTES, () => 100);

  constructor(private readonly hg: HgCommand) {}

  async touched(
    path: string,
    rawIds: readonly string[],
    options?: OperationOptions,
  ): Promise<TouchedFiles[]> {
    const known = new Map(rawIds.map((id) => [requireFullId(id), this.keptTouched.get(path, id)]));
    const unknown = [...known.keys()].filter((id) => known.get(id) === undefined);
    for (let start = 0; start < unknown.length; start += IDS_AT_ONCE) {
      const ids = unknown.slice(start, start + IDS_AT_ONCE);
      const records = await this.records(path, ids, options);
      // `log` leaves out of a merge what came from either parent, so merges are asked for one by one, on warm servers.
      await Promise.all(
        records.map(async (record) => {
          const touched = isMerge(record)
            ? await this.mergeTouched(path, record.node, options)
            : listed(record);
          known.set(record.node, touched);
          this.keptTouched.set(path, record.node, touched);
        }),
      );
    }
    return rawIds.map((id) => {
      const touched = known.get(id);
      if (touched === undefined) throw revisionNotFound(id);
      return touched;
    });
  }

  async tree(path: string, rawId: string, directory: string, options?: OperationOptions): Promise<Tree> {
    const root = treePath(directory);
    const place = `${requireFullId(rawId)}:${root}`;
    const kept = this.keptTrees.get(path, place);
    if (kept !== undefined) return kept;
    const { stdout } = succeeded(await this.hg.run(path, ['-R', path, 'manifest', '-r', rawId], options));
    const prefix = root === '' ? '' : `${root}/`;
    const all = stdout.split('\n').filter((line) => line !== '');
    const files = all.map(recordedText).filter((file) => file.startsWith(prefix));
    if (files.length === 0 && root !== '') throw pathNotFound();
    const tree = { directories: directoriesOf(files, prefix), files };
    this.keptTrees.set(path, place, tree);
    return tree;
  }

  async content(path: string, rawId: string, filePath: string, options?: OperationOptions): Promise<Buffer> {
    const { size } = await this.entry(path, rawId, filePath, options);
    if (size > MAX_FILE_BYTES) throw fileTooLarge();
    return this.hg.bytes(path, catOf(path, rawId, filePath), options);
  }

  async entry(path: string, rawId: string, filePath: string, options?: OperationOptions): Promise<FileEntry> {
    const wanted = treePath(filePath);
    const question = `${requireFullId(rawId)}:${wanted}`;
    const kept = this.keptEntries.get(path, question);
    if (kept !== undefined) return kept;
    const files = ['files', '-T', '{size} {path}\n', '-r', rawId, `path:${wanted}`];
    const found = await this.hg.run(path, ['-R', path, ...files], options);
    // 1: nothing there. A directory would give all that is below it.
    const [size, name] =
      /^(\d+) (.*)\n$/.exec(found.code === 1 ? '' : succeeded(found).stdout)?.slice(1) ?? [];
    if (wanted === '' || name !== wanted) throw pathNotFound();
    // Mercurial tells the id of a file's content only with the whole manifest; where it lies names it as well.
    const id = createHash('sha1').update(question).digest('hex');
    const entry = { id, size: Number(size) };
    this.keptEntries.set(path, question, entry);
    return entry;
  }

  async open(
    path: string,
    rawId: string,
    filePath: string,
    { range, signal }: OperationOptions & { range?: ByteRange | undefined } = {},
  ): Promise<Readable> {
    const options = { ...(signal && { signal }) };
    const { size } = await this.entry(path, rawId, filePath, options);
    const cat = catOf(path, rawId, filePath);
    if (size > WHOLE_BYTES) return partOf(await this.hg.open(cat, options), range);
    return partOf(Readable.from([await this.hg.bytes(path, cat, options)]), range);
  }

  forget(directory: string): void {
    for (const kept of [this.keptTouched, this.keptTrees, this.keptEntries]) kept.forget(directory);
  }

  private async records(path: string, ids: readonly string[], options?: OperationOptions) {
    const command = ['-R', path, 'log', '-T', TEMPLATE, '-r', ids.join('+')];
    return JSON.parse(succeeded(await this.hg.run(path, command, options)).stdout) as TouchedRecord[];
  }

  private async mergeTouched(path: string, id: string, options?: OperationOptions): Promise<TouchedFiles> {
    const records = (await this.hg.json(path, ['status', '--change', id], options)) as StatusRecord[];
    const having = (status: string) =>
      records.filter((record) => record.status === status).map((record) => recordedText(record.path));
    return { added: having('A'), changed: having('M'), removed: having('R') };
  }
}

const catOf = (path: string, rawId: string, filePath: string) => [
  '-R',
  path,
  'cat',
  '-r',
  requireFullId(rawId),
  `path:${treePath(filePath)}`,
];

const isMerge = ({ parents }: TouchedRecord) => parents.filter((parent) => parent !== NULL_ID).length > 1;

export const listed = ({
  added,
  modified,
  removed,
}: Pick<TouchedRecord, 'added' | 'modified' | 'removed'>): TouchedFiles => ({
  added: added.map(recordedText),
  changed: modified.map(recordedText),
  removed: removed.map(recordedText),
});

/** Mercurial keeps files only; directories follow from them. */
function directoriesOf(files: readonly string[], prefix: string): string[] {
  const directories = new Set<string>();
  for (const file of files) {
    let end = file.lastIndexOf('/');
    while (end > prefix.length && !directories.has(file.slice(0, end))) {
      directories.add(file.slice(0, end));
      end = file.lastIndexOf('/', end - 1);
    }
  }
  return [...directories];
}
