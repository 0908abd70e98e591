import { readFile, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isWithin, notAdoptable, setAside } from './adoption.js';
import { requireLinksInside } from './links.js';

/**
 * The same for Mercurial, whose own settings never count anyway (`HGRCSKIPREPO`); they are put aside so that nobody
 * takes them for valid.
 *
 * @throws VcsError INVALID_SOURCE; nothing has changed then
 */
export async function adoptHg(path: string, root: string): Promise<void> {
  const inner = join(path, '.hg');
  await requireLinksInside(inner);
  const shared = await readFile(join(inner, 'sharedpath'), 'utf8').catch(() => null);
  if (shared !== null) await requireStoreInside(resolve(inner, shared.replace(/\r?\n$/, '')), root);
  for (const name of ['hgrc', 'hgrc-not-shared']) await setAside(join(inner, name));
}

async function requireStoreInside(store: string, root: string): Promise<void> {
  const real = await realpath(store).catch(() => null);
  if (real === null || !isWithin(await realpath(root), real))
    throw notAdoptable('it shares its history with a place outside of the repository root');
}
