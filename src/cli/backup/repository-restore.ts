import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, symlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isTrash } from '../../vcs/repo-names.js';
import { CommandError } from '../command-error.js';
import type { Entry } from './archive-reader.js';

const STAGE = '.forgegate-restore-';
const FORMER = '.forgegate-before-restore-';

/**
 * Repositories are unpacked below the root, in a dot folder, and moved up at the end: the root itself may be a mount
 * point that cannot be renamed.
 */
export class RepositoryRestore {
  private readonly stage: string;
  /** Made last, so that nothing is ever written through one. */
  private readonly links = new Map<string, string>();

  private readonly moved: [from: string, to: string][] = [];

  private constructor(private readonly root: string) {
    this.stage = join(root, `${STAGE}${process.pid}`);
  }

  static async begin(root: string): Promise<RepositoryRestore> {
    await mkdir(root, { recursive: true });
    for (const name of await readdir(root)) {
      if (name.startsWith(STAGE)) await rm(join(root, name), { recursive: true, force: true });
    }
    const restore = new RepositoryRestore(root);
    await mkdir(restore.stage);
    return restore;
  }

  /** @param name relative to the root of the repositories */
  async add(name: string, entry: Entry): Promise<void> {
    const path = this.place(name);
    const { type, mode, mtime, linkname } = entry.header;
    if (type === 'directory') await mkdir(path, { recursive: true, mode: mode | 0o700 });
    else if (type === 'symlink') this.links.set(path, linkname);
    else {
      await mkdir(dirname(path), { recursive: true });
      await rm(path, { force: true });
      await pipeline(entry, createWriteStream(path, { mode, flags: 'wx' }));
      // both programs compare times with their caches
      await utimes(path, mtime, mtime);
    }
    entry.resume();
  }

  /** The backup met the repository while it was written to, and brings it once more. */
  async forget(name: string): Promise<void> {
    const path = this.place(name);
    await rm(path, { recursive: true, force: true });
    for (const link of this.links.keys()) if (link.startsWith(`${path}/`)) this.links.delete(link);
  }

  /**
   * Moves what was there aside and the restored repositories to their places.
   * @param stamp ends the name of the folder that what was there goes to
   * @returns that folder, or null when there was nothing
   */
  async swap(stamp: string): Promise<string | null> {
    for (const [path, target] of this.links) {
      await rm(path, { force: true });
      await symlink(target, path);
    }
    const present = await occupants(this.root);
    const former = join(this.root, `${FORMER}${stamp}`);
    try {
      if (present.length > 0) await mkdir(former);
      for (const name of present) await this.move(join(this.root, name), join(former, name));
      for (const name of await readdir(this.stage))
        await this.move(join(this.stage, name), join(this.root, name));
    } catch (error) {
      await this.undo();
      throw error;
    }
    return present.length > 0 ? former : null;
  }

  /** Takes a swap back. */
  async undo(): Promise<void> {
    for (const [from, to] of this.moved.splice(0).reverse()) await rename(to, from);
  }

  async end(): Promise<void> {
    await rm(this.stage, { recursive: true, force: true });
  }

  private async move(from: string, to: string): Promise<void> {
    await rename(from, to);
    this.moved.push([from, to]);
  }

  private place(name: string): string {
    const parts = name.replace(/\/$/, '').split('/');
    if (parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0'))) {
      throw new CommandError(`The backup holds a path that leads out of it: ${JSON.stringify(name)}`);
    }
    return join(this.stage, ...parts);
  }
}

/** Names at the top of the root that repositories or groups have. */
export async function occupants(root: string): Promise<string[]> {
  const names = await readdir(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => !name.startsWith('.') && !isTrash(name));
}
