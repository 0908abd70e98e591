import {
  chmod,
  copyFile,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { join } from 'node:path';
import { completeLinks, type Distribution } from './distribution.js';
import { othersCanEnter } from './reach.js';

/**
 * Binaries that the user PostgreSQL runs as can execute: those of the package, or a copy below `cacheRoot`
 * when another user cannot get at the package or its library links cannot be made there.
 * @returns the folder with `bin`, `lib` and `share`
 */
export async function usableBinaries(
  distribution: Distribution,
  otherUser: boolean,
  cacheRoot: string,
): Promise<string> {
  const complete = await completeLinks(join(distribution.native, 'lib'), distribution.links);
  const reachable = !otherUser || (await othersCanEnter(join(distribution.native, 'bin')));
  if (complete && reachable) return distribution.native;

  const cached = join(cacheRoot, `postgresql-${distribution.label}`);
  if (await isFolder(cached)) return cached;
  await mkdir(cacheRoot, { recursive: true, mode: 0o755 });
  const draft = await mkdtemp(join(cacheRoot, 'postgresql-draft-'));
  try {
    await copyTree(distribution.native, draft);
    await completeLinks(join(draft, 'lib'), distribution.links);
    await rename(draft, cached);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // somebody else was faster; a cached folder is complete because it appears by rename
    if (!(await isFolder(cached))) throw error;
  }
  return cached;
}

/** Hard links where possible (no space, 20 ms), else copies; modes fit for other users whatever the umask is. */
async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await copyTree(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else await copyOne(source, target);
  }
}

async function copyOne(source: string, target: string): Promise<void> {
  const { mode } = await stat(source);
  const executable = (mode & 0o100) !== 0;
  const wanted = executable ? 0o755 : 0o644;
  // a hard link shares its mode with the original, which is not ours to change
  if ((mode & (executable ? 0o005 : 0o004)) === (executable ? 0o005 : 0o004)) {
    try {
      await link(source, target);
      return;
    } catch {
      // another file system, or links are not allowed here
    }
  }
  await copyFile(source, target);
  await chmod(target, wanted);
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
