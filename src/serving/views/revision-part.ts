import { VcsError } from '../../vcs/vcs.js';
import type { RepoViewRequest } from './view.js';

export interface AtRevision {
  /** 40 hex digits. */
  rawId: string;
  /** What follows the revision in the path. */
  path: string;
}

/** A revision that is all there is; names of branches may have slashes. @throws VcsError REVISION_NOT_FOUND */
export function wholeRevision(view: RepoViewRequest, given = view.rest.join('/')): Promise<string> {
  return view.backend.resolve(view.directory, given, view);
}

/**
 * `<revision>/<path>`: the first part is the revision, unless there is none of that name and a branch, tag or bookmark
 * with slashes in its name begins there.
 * @throws VcsError REVISION_NOT_FOUND
 */
export async function revisionAndPath(view: RepoViewRequest): Promise<AtRevision> {
  const { rest, backend, directory } = view;
  const [first = '', ...others] = rest;
  try {
    return { rawId: await backend.resolve(directory, first, view), path: others.join('/') };
  } catch (error) {
    if (!(error instanceof VcsError) || error.code !== 'REVISION_NOT_FOUND') throw error;
    const { branches, tags, bookmarks } = await backend.refs(directory, view);
    for (let length = rest.length - 1; length > 1; length -= 1) {
      const name = rest.slice(0, length).join('/');
      const rawId = branches[name] ?? tags[name] ?? bookmarks[name];
      if (rawId !== undefined) return { rawId, path: rest.slice(length).join('/') };
    }
    throw error;
  }
}
