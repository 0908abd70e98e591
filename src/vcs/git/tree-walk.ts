import { requireFullId } from '../names.js';
import { pathNotFound, treePath } from '../tree-path.js';
import { VcsError, type OperationOptions, type Tree } from '../vcs.js';
import type { ObjectReaderPool } from './object-reader-pool.js';

/** Trees that one batch asks for; other readers of the repository have their turn between batches. */
const TREES_AT_ONCE = 500;
/** Bytes of all trees, and characters of all paths: a few trees of trees may name more files than fit anywhere. */
const LONGEST = 64 * 1024 * 1024;
const ID_BYTES = 20;
const [NUL, SPACE, ZERO, BEYOND_ASCII] = [0x00, 0x20, 0x30, 0x80];
const KIND = 0o170000;
const DIRECTORY = 0o040000;
const SUBMODULE = 0o160000;

/** What lies in one tree, by name. */
interface Listing {
  readonly files: readonly string[];
  readonly directories: readonly { readonly name: string; readonly id: string }[];
}

interface Place {
  /** Ends with a slash, or is the root. */
  readonly prefix: string;
  readonly id: string;
}

/** Lists a directory of a commit level by level, with the reader that runs anyway and each tree once however often it occurs. */
export class TreeWalk {
  private readonly listings = new Map<string, Listing>();
  private bytes = 0;
  private characters = 0;

  constructor(
    private readonly objects: ObjectReaderPool,
    private readonly path: string,
    private readonly options: OperationOptions = {},
  ) {}

  async below(rawId: string, directory: string): Promise<Tree> {
    const root = treePath(directory);
    const request = { command: 'info', object: `${requireFullId(rawId)}:${root}` } as const;
    const [found] = await this.objects.read(this.path, [request], this.options);
    if (found?.found !== true || found.type !== 'tree') throw pathNotFound();
    const files: string[] = [];
    const directories: string[] = [];
    let level: Place[] = [{ prefix: root === '' ? '' : `${root}/`, id: found.id }];
    while (level.length > 0) {
      await this.read(level.map(({ id }) => id));
      const next: Place[] = [];
      for (const { prefix, id } of level) {
        const listing = this.listings.get(id) as Listing;
        for (const name of listing.files) files.push(this.counted(prefix + name));
        for (const { name, id } of listing.directories) {
          directories.push(this.counted(prefix + name));
          next.push({ prefix: `${prefix}${name}/`, id });
        }
      }
      level = next;
    }
    return { directories, files };
  }

  private async read(ids: readonly string[]): Promise<void> {
    const unknown = [...new Set(ids)].filter((id) => !this.listings.has(id));
    for (let start = 0; start < unknown.length; start += TREES_AT_ONCE) {
      const wanted = unknown.slice(start, start + TREES_AT_ONCE);
      const requests = wanted.map((id) => ({ command: 'contents', object: id }) as const);
      const answers = await this.objects.read(this.path, requests, this.options);
      wanted.forEach((id, index) => {
        const answer = answers[index];
        if (answer?.found !== true || answer.type !== 'tree') throw unreadable();
        this.bytes += answer.size;
        if (this.bytes > LONGEST) throw tooLarge();
        this.listings.set(id, listingOf(answer.content));
      });
    }
  }

  private counted(path: string): string {
    this.characters += path.length;
    if (this.characters > LONGEST) throw tooLarge();
    return path;
  }
}

/** `(<octal mode> SP <name> NUL <id in 20 bytes>)*`, byte by byte: there may be some hundred thousand of them. */
function listingOf(content: Buffer): Listing {
  const files: string[] = [];
  const directories: { name: string; id: string }[] = [];
  const { length } = content;
  // Cutting names out of one text takes a tenth of decoding each
  const text = content.toString('latin1');
  for (let at = 0; at < length;) {
    let mode = 0;
    for (; at < length && content[at] !== SPACE; at += 1) mode = mode * 8 + (content[at] ?? 0) - ZERO;
    const start = at + 1;
    let end = start;
    let bits = 0;
    for (let byte = content[end]; end < length && byte !== NUL; byte = content[end]) {
      bits |= byte ?? 0;
      end += 1;
    }
    at = end + 1 + ID_BYTES;
    if (at > length) throw unreadable();
    const name = bits < BEYOND_ASCII ? text.slice(start, end) : content.toString('utf8', start, end);
    const kind = mode & KIND;
    if (kind === DIRECTORY) directories.push({ name, id: content.toString('hex', end + 1, at) });
    else if (kind !== SUBMODULE) files.push(name);
  }
  return { files, directories };
}

const tooLarge = () => new VcsError('FAILED', 'the repository gave too large an answer');
const unreadable = () => new VcsError('FAILED', 'a tree of the commit cannot be read');
