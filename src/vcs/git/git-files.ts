import { Readable } from 'node:stream';
import { partOf, WHOLE_BYTES } from '../file-part.js';
import { isFullId, requireFullId } from '../names.js';
import { KeptAnswers, lengthOf } from '../kept-answers.js';
import { recordedText } from '../recorded-text.js';
import { fileTooLarge, MAX_FILE_BYTES, pathNotFound, treePath } from '../tree-path.js';
import type { ByteRange, FileEntry } from '../downloads.js';
import type { OperationOptions, TouchedFiles, Tree } from '../vcs.js';
import type { GitCommand } from './git-command.js';
import type { ObjectReaderPool } from './object-reader-pool.js';
import { TreeWalk } from './tree-walk.js';

const KEPT_BYTES = 32 * 1024 * 1024;
/** Commits whose differences one process tells. */
const COMMITS_AT_ONCE = 1_000;
const NOTHING: TouchedFiles = { added: [], changed: [], removed: [] };
export const DIFF_TREE = [
  'diff-tree',
  '--stdin',
  '-r',
  '-m',
  '--root',
  '-z',
  '--name-status',
  '--no-renames',
];

/** Which files commits touch, which they have, and what is in them. */
export class GitFiles {
  private readonly keptTouched = new KeptAnswers<TouchedFiles>(KEPT_BYTES, ({ added, changed, removed }) =>
    lengthOf(added, changed, removed),
  );
  private readonly keptTrees = new KeptAnswers<Tree>(KEPT_BYTES, ({ directories, files }) =>
    lengthOf(directories, files),
  );

  constructor(
    private readonly git: GitCommand,
    private readonly objects: ObjectReaderPool,
  ) {}

  async touched(
    path: string,
    rawIds: readonly string[],
    { signal }: OperationOptions = {},
  ): Promise<TouchedFiles[]> {
    const known = new Map(rawIds.map((id) => [requireFullId(id), this.keptTouched.get(path, id)]));
    const unknown = [...known.keys()].filter((id) => known.get(id) === undefined);
    for (let start = 0; start < unknown.length; start += COMMITS_AT_ONCE) {
      const ids = unknown.slice(start, start + COMMITS_AT_ONCE);
      const input = ids.map((id) => `${id}\n`).join('');
      const found = touchedFrom(await this.git.output(DIFF_TREE, { gitDir: path, input, signal }));
      for (const id of ids) {
        const touched = found.get(id) ?? NOTHING;
        known.set(id, touched);
        this.keptTouched.set(path, id, touched);
      }
    }
    return rawIds.map((id) => known.get(id) ?? NOTHING);
  }

  async tree(path: string, rawId: string, directory: string, options: OperationOptions = {}): Promise<Tree> {
    const place = `${requireFullId(rawId)}:${treePath(directory)}`;
    const kept = this.keptTrees.get(path, place);
    if (kept !== undefined) return kept;
    const tree = await new TreeWalk(this.objects, path, options).below(rawId, directory);
    this.keptTrees.set(path, place, tree);
    return tree;
  }

  async content(
    path: string,
    rawId: string,
    filePath: string,
    options: OperationOptions = {},
  ): Promise<Buffer> {
    const { id, size } = await this.entry(path, rawId, filePath, options);
    if (size > MAX_FILE_BYTES) throw fileTooLarge();
    return this.blob(path, id, options);
  }

  async entry(
    path: string,
    rawId: string,
    filePath: string,
    options: OperationOptions = {},
  ): Promise<FileEntry> {
    const object = `${requireFullId(rawId)}:${treePath(filePath)}`;
    const [info] = await this.objects.read(path, [{ command: 'info', object }], options);
    if (info?.found !== true || info.type !== 'blob') throw pathNotFound();
    return { id: info.id, size: info.size };
  }

  async open(
    path: string,
    rawId: string,
    filePath: string,
    { range, signal }: OperationOptions & { range?: ByteRange | undefined } = {},
  ): Promise<Readable> {
    const { id, size } = await this.entry(path, rawId, filePath, { ...(signal && { signal }) });
    if (size > WHOLE_BYTES) {
      const blob = await this.git.open(['cat-file', 'blob', '--end-of-options', id], {
        gitDir: path,
        signal,
      });
      return partOf(blob, range);
    }
    return partOf(Readable.from([await this.blob(path, id, { ...(signal && { signal }) })]), range);
  }

  private async blob(path: string, id: string, options: OperationOptions): Promise<Buffer> {
    const [blob] = await this.objects.read(path, [{ command: 'contents', object: id }], options);
    if (blob?.found !== true) throw pathNotFound();
    return blob.content;
  }

  forget(directory: string): void {
    this.keptTouched.forget(directory);
    this.keptTrees.forget(directory);
  }
}

/** `<id> NUL (<letter> NUL <path> NUL)*`; a merge comes once for each of its parents. */
export function touchedFrom(output: string): Map<string, TouchedFiles> {
  const found = new Map<string, { added: string[]; changed: string[]; removed: string[] }>();
  const tokens = output.split('\0');
  let current = { added: [] as string[], changed: [] as string[], removed: [] as string[] };
  const merges = new Set<typeof current>();
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index] ?? '';
    if (isFullId(token)) {
      const known = found.get(token);
      if (known !== undefined) merges.add(known);
      current = known ?? { added: [], changed: [], removed: [] };
      found.set(token, current);
      continue;
    }
    index += 1;
    const path = recordedText(tokens[index] ?? '');
    if (token === 'A') current.added.push(path);
    else if (token === 'D') current.removed.push(path);
    else if (token !== '') current.changed.push(path);
  }
  for (const merge of merges) {
    for (const kind of ['added', 'changed', 'removed'] as const)
      merge[kind] = [...new Set(merge[kind])].sort();
  }
  return found;
}
