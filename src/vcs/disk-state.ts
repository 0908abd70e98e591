import { stat } from 'node:fs/promises';

/** Clocks of file systems tick slowly: a change within this time of another may leave the same trace. */
const UNSETTLED_MS = 2_000;

/**
 * What the named files and directories look like from outside: the same text, the same content. A directory changes
 * when a file in it is made, renamed over or removed, which is how git and Mercurial write.
 * @returns null while one of them is so young that a further change might not show
 */
export async function diskState(paths: readonly string[], now = Date.now()): Promise<string | null> {
  const found = await Promise.all(paths.map((path) => stat(path, { bigint: true }).catch(() => null)));
  let state = '';
  for (const each of found) {
    if (each === null) {
      state += '-;';
      continue;
    }
    if (now - Number(each.mtimeMs) < UNSETTLED_MS || now - Number(each.ctimeMs) < UNSETTLED_MS) return null;
    state += `${each.ino}.${each.size}.${each.mtimeNs}.${each.ctimeNs};`;
  }
  return state;
}
