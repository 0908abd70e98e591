import { copyFile, readFile, realpath, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { GitCommand } from '../git/git-command.js';
import type { OperationOptions } from '../vcs.js';
import { exists, isWithin, keptName, notAdoptable, setAside } from './adoption.js';
import { allowedConfig, parseSettings } from './git-config.js';
import { requireOwnFiles } from './links.js';

/** How long a chain of repositories that borrow objects from each other may be; git's own limit. */
const DEEPEST_LOAN = 5;

/**
 * Takes in a git repository that somebody else made: first looks whether it can be taken at all, then puts aside what it
 * brought along and shall not count. Runs nothing of it, and may be repeated.
 */
export class GitAdoption {
  constructor(private readonly git: GitCommand) {}

  /** @throws VcsError INVALID_SOURCE; nothing has changed then */
  async adopt(path: string, root: string, { signal }: OperationOptions = {}): Promise<void> {
    for (const name of ['commondir', 'gitdir']) {
      if (await exists(join(path, name))) throw notAdoptable('it is the work tree of another repository');
    }
    await requireOwnFiles(path);
    await requireLoansInside(path, await realpath(root));
    const config = join(path, 'config');
    const list = ['config', '--file', config, '--no-includes', '--null', '--list'];
    const found = (await exists(config)) ? await this.git.output(list, { signal }) : '';
    await replace(config, allowedConfig(parseSettings(found)));
    await setAside(join(path, 'config.worktree'));
    await setAside(join(path, 'hooks'));
  }
}

/** Whoever may read this repository can ask for objects that it borrows, so what lends must be ours too. */
async function requireLoansInside(path: string, root: string, depth = 0): Promise<void> {
  const objects = join(path, 'objects');
  const list = await readFile(join(objects, 'info', 'alternates'), 'utf8').catch(() => '');
  for (const line of list.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const lender = await realpath(resolve(objects, line)).catch(() => null);
    if (lender === null || depth === DEEPEST_LOAN || !isWithin(root, lender))
      throw notAdoptable('it borrows objects from a place outside of the repository root');
    await requireOwnFiles(lender);
    await requireLoansInside(resolve(lender, '..'), root, depth + 1);
  }
}

async function replace(file: string, text: string): Promise<void> {
  const before = await readFile(file, 'utf8').catch(() => null);
  if (before === text) return;
  if (before !== null) await copyFile(file, await keptName(file));
  const fresh = `${file}.adopting`;
  await writeFile(fresh, text, { mode: 0o644 });
  await rename(fresh, file);
}
