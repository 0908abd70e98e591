import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { LOADING } from '../hg/hg-environment.js';
import { exists, isWithin, notAdoptable, setAside } from './adoption.js';
import { requireOwnFiles } from './links.js';

/** Settings, which never count anyway (`HGRCSKIPREPO`), so that nobody takes them for valid. */
const SETTINGS = ['hgrc', 'hgrc-not-shared'];
/** Paths that Mercurial copies from and to, or removes, wherever they lead: by `recover`, and by newer versions when they write. */
const UNFINISHED = ['journal', 'store/journal'];
const UNDONE = ['undo.backupfiles', 'store/undo.backupfiles'];

/**
 * The same for Mercurial.
 *
 * @throws VcsError INVALID_SOURCE; nothing has changed then
 */
export async function adoptHg(path: string, root: string): Promise<void> {
  const inner = join(path, '.hg');
  await requireHarmless(inner);
  const lender = await lenderOf(inner, root);
  if (lender !== null) await requireHarmless(lender);
  for (const name of SETTINGS) await setAside(join(inner, name));
  for (const place of [inner, lender ?? inner]) for (const name of UNDONE) await setAside(join(place, name));
}

/** @param place a directory `.hg` */
async function requireHarmless(place: string): Promise<void> {
  await requireOwnFiles(place);
  for (const name of UNFINISHED)
    if (await exists(join(place, name)))
      throw notAdoptable('it holds a transaction that was never finished; `hg recover` in it undoes that');
  for (const name of ['requires', 'store/requires']) {
    const lines = (await readFile(join(place, name), 'utf8').catch(() => '')).split(/\r?\n/);
    const extension = LOADING.find((requirement) => lines.includes(requirement));
    if (extension !== undefined)
      throw notAdoptable(`it needs the Mercurial extension \`${extension}\`, which is not supported`);
  }
}

/** Where the history lies that it shares with another one. */
async function lenderOf(inner: string, root: string): Promise<string | null> {
  const shared = await readFile(join(inner, 'sharedpath'), 'utf8').catch(() => null);
  if (shared === null) return null;
  const written = shared.replace(/\r?\n$/, '');
  // Not normalised: behind a link `..` is another directory than it looks
  const real = await realpath(written.startsWith('/') ? written : `${inner}/${written}`).catch(() => null);
  if (real === null || !isWithin(await realpath(root), real))
    throw notAdoptable('it shares its history with a place outside of the repository root');
  return real;
}
