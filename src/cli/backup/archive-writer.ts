import { randomBytes } from 'node:crypto';
import { createWriteStream, type BigIntStats } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack, type Header, type Pack } from 'tar-stream';

type EntryHeader = Partial<Header> & Pick<Header, 'name'>;

/** A .tar.gz that appears under its name when it is complete. */
export class ArchiveWriter {
  private constructor(
    private readonly tar: Pack,
    private readonly written: Promise<void>,
    private readonly draft: string,
    private readonly file: string,
  ) {}

  static create(file: string): ArchiveWriter {
    const draft = `${file}.${randomBytes(4).toString('hex')}.part`;
    const tar = pack();
    // git packs are compressed already: a higher level costs time and gains little
    const target = createWriteStream(draft, { mode: 0o600, flags: 'wx', flush: true });
    const written = pipeline(tar, createGzip({ level: 3 }), target);
    // it is awaited at the end; until then a failure shows in the entry being added
    written.catch((error: Error) => tar.destroy(error));
    return new ArchiveWriter(tar, written, draft, file);
  }

  addText(name: string, text: string): Promise<void> {
    return this.addEntry({ name, mode: 0o600 }, Buffer.from(text));
  }

  addDirectory(name: string, found: BigIntStats): Promise<void> {
    return this.addEntry({ name: `${name}/`, type: 'directory', ...attributes(found) });
  }

  addSymlink(name: string, linkname: string, found: BigIntStats): Promise<void> {
    return this.addEntry({ name, type: 'symlink', linkname, ...attributes(found) });
  }

  /** As many bytes as `found` says, zeros for what is missing: a file that changes meanwhile does not spoil the archive. */
  async addFile(name: string, path: string, found: BigIntStats): Promise<void> {
    const size = Number(found.size);
    const header = { name, size, ...attributes(found) };
    if (size === 0) return this.addEntry(header, Buffer.alloc(0));
    const entry = this.tar.entry(header);
    await pipeline(exactly(path, size), entry);
  }

  async finish(): Promise<void> {
    this.tar.finalize();
    await this.written;
    await rename(this.draft, this.file);
  }

  async abandon(): Promise<void> {
    this.tar.destroy();
    await this.written.catch(() => undefined);
    await rm(this.draft, { force: true });
  }

  /** Resolves when the archive has room for more. */
  private addEntry(header: EntryHeader, content = Buffer.alloc(0)): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry = this.tar.entry(header, content, (error) => (error ? reject(error) : resolve()));
      // told through the callback
      entry.on('error', () => undefined);
    });
  }
}

function attributes({ mode, mtimeMs }: BigIntStats): Pick<Header, 'mode' | 'mtime'> {
  return { mode: Number(mode) & 0o777, mtime: new Date(Number(mtimeMs)) };
}

async function* exactly(path: string, size: number): AsyncGenerator<Buffer> {
  const handle = await open(path).catch(() => null);
  let left = size;
  try {
    while (handle !== null && left > 0) {
      const chunk = Buffer.allocUnsafe(Math.min(left, 256 * 1024));
      const { bytesRead } = await handle.read(chunk, 0, chunk.length);
      if (bytesRead === 0) break;
      left -= bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await handle?.close();
  }
  for (; left > 0; left -= Math.min(left, 65_536)) yield Buffer.alloc(Math.min(left, 65_536));
}
