import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Scans skip dot directories. */
const PREFIX = '.forgegate-merge-';
/** No call lasts so long: what is older was left by a process that died. */
const ABANDONED_MS = 60 * 60 * 1000;

/**
 * A directory beside the repository, because hard links do not lead to another file system. It is gone afterwards, and
 * so is what was abandoned here before.
 */
export async function withMergeDirectory<T>(
  path: string,
  use: (directory: string) => Promise<T>,
): Promise<T> {
  const parent = dirname(path);
  await clearAbandoned(parent);
  const directory = join(parent, PREFIX + randomUUID());
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function clearAbandoned(parent: string): Promise<void> {
  const names = await readdir(parent).catch(() => []);
  for (const name of names.filter((each) => each.startsWith(PREFIX))) {
    const directory = join(parent, name);
    const found = await stat(directory).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > ABANDONED_MS)
      await rm(directory, { recursive: true, force: true });
  }
}
