import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

export interface Rotation {
  /** A file is put aside before a line would make it longer. */
  readonly maxBytes: number;
  /** Files put aside that stay, newest first. */
  readonly keep: number;
}

interface Waiting {
  readonly line: string;
  readonly rotation: Rotation;
  resolve(): void;
  reject(error: unknown): void;
}

const { O_APPEND, O_CREAT, O_NOFOLLOW, O_RDWR } = constants;
const NEWLINE = 0x0a;

/**
 * Appends lines that are on disk when `append` resolves. What waits for the same file is written together and synced
 * once. Several processes may append to one file: each write is one call with O_APPEND, and files that are put aside
 * have names of their own.
 */
export class JsonLines {
  private readonly queues = new Map<string, Waiting[]>();

  /** @param line ends with a newline @throws the error of the file system; then the line may be there in part */
  append(path: string, line: string, rotation: Rotation): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = { line, rotation, resolve, reject };
      const queue = this.queues.get(path);
      if (queue) {
        queue.push(waiting);
        return;
      }
      this.queues.set(path, [waiting]);
      void this.work(path);
    });
  }

  private async work(path: string): Promise<void> {
    for (let queue = this.queues.get(path); queue && queue.length > 0; queue = this.queues.get(path)) {
      this.queues.set(path, []);
      const [first] = queue;
      if (!first) break;
      try {
        await appendAll(path, queue.map(({ line }) => line).join(''), first.rotation);
        for (const { resolve } of queue) resolve();
      } catch (error) {
        for (const { reject } of queue) reject(error);
      }
    }
    this.queues.delete(path);
  }
}

async function appendAll(path: string, text: string, { maxBytes, keep }: Rotation): Promise<void> {
  const bytes = Buffer.from(text);
  const file = await opened(path);
  let isWritten = false;
  try {
    const { size, ino } = await file.stat();
    if (size > 0 && size + bytes.length > maxBytes) {
      await putAside(path, ino);
      await dropOldest(path, keep);
    } else {
      await write(file, bytes);
      // Another process may have put it aside and dropped it meanwhile
      isWritten = (await file.stat()).nlink > 0;
    }
  } finally {
    await file.close();
  }
  if (isWritten) return;
  // What one batch brings stays together, however long it is
  await appendAll(path, text, { maxBytes: Math.max(maxBytes, bytes.length), keep });
}

async function opened(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const isNew = await stat(path).then(
    () => false,
    () => true,
  );
  const file = await open(path, O_APPEND | O_CREAT | O_RDWR | O_NOFOLLOW, 0o600);
  // A new name is on disk only when its folder is
  if (isNew)
    await syncFolder(dirname(path)).catch((error: unknown) => file.close().then(() => Promise.reject(error)));
  return file;
}

async function write(file: FileHandle, bytes: Buffer): Promise<void> {
  await file.appendFile((await isCutOff(file)) ? Buffer.concat([Buffer.of(NEWLINE), bytes]) : bytes);
  await file.sync();
}

/**
 * Whether a crash or a full disk left a part of a line, which has to be ended so that the next is not lost with it.
 * Looked at again: the write of another process is seen before it has ended.
 */
async function isCutOff(file: FileHandle): Promise<boolean> {
  for (let look = 0; look < 3; look += 1) {
    const { size } = await file.stat();
    if (size === 0) return false;
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    if (buffer[0] === NEWLINE) return false;
    await setTimeout(10);
  }
  return true;
}

/** Unless another process has done it already. */
async function putAside(path: string, inode: number): Promise<void> {
  const now = await stat(path).catch(() => null);
  if (now?.ino !== inode) return;
  const time = new Date().toISOString().replaceAll(/[-:.]/g, '');
  await rename(path, `${stemOf(path)}-${time}-${randomBytes(4).toString('hex')}.jsonl`).catch(unlessMissing);
  await syncFolder(dirname(path));
}

async function dropOldest(path: string, keep: number): Promise<void> {
  const stem = basename(stemOf(path));
  const names = (await readdir(dirname(path)))
    .filter((name) => name.startsWith(`${stem}-`) && /-\d{8}T\d{9}Z-[0-9a-f]{8}\.jsonl$/.test(name))
    .toSorted();
  for (const name of names.slice(0, Math.max(0, names.length - keep)))
    await unlink(join(dirname(path), name)).catch(unlessMissing);
}

/** Another process was faster. */
function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

const stemOf = (path: string): string => path.replace(/\.jsonl$/, '');

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
