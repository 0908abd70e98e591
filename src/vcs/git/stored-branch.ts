import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFullId, isGitRefName } from '../names.js';
import { branchRef } from './git-refs.js';

/**
 * What a branch names, from the small file in which git stores one that has changed lately: no process is started for it.
 * @returns null: git must be asked, because it is packed with others, or is none
 */
export async function storedBranch(path: string, name: string): Promise<string | null> {
  if (!isGitRefName(name)) return null;
  const id = (await textOf(join(path, branchRef(name)))).trimEnd();
  return isFullId(id) ? id : null;
}

/** The same for the branch that HEAD names. */
export async function storedHead(path: string): Promise<string | null> {
  const [, name] = /^ref: refs\/heads\/(.+)$/.exec((await textOf(join(path, 'HEAD'))).trimEnd()) ?? [];
  return name === undefined ? null : storedBranch(path, name);
}

const textOf = (file: string) => readFile(file, 'utf8').catch(() => '');
