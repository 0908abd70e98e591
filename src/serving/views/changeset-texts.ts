import { plainText } from './text-answers.js';
import { wholeRevision } from './revision-part.js';
import type { RepoViewRequest, StreamedAnswer } from './view.js';

/** `/changeset-diff/<revision>` and `/raw-diff/<revision>`: what it changed against its first parent. */
export async function changesetDiff(view: RepoViewRequest): Promise<StreamedAnswer> {
  const rawId = await wholeRevision(view);
  return difference(view, rawId, plainText());
}

/** `/changeset-download/<revision>`: the same, to be saved. */
export async function changesetDownload(view: RepoViewRequest): Promise<StreamedAnswer> {
  const rawId = await wholeRevision(view);
  return difference(view, rawId, plainText(`${rawId.slice(0, 12)}.diff`));
}

/** `/changeset-patch/<revision>`: as `git am` or `hg import` take it. */
export async function changesetPatch(view: RepoViewRequest): Promise<StreamedAnswer> {
  const rawId = await wholeRevision(view);
  return {
    etag: `${rawId}-patch`,
    headers: plainText(),
    open: () => view.backend.openPatch(view.directory, rawId, view),
  };
}

async function difference(
  view: RepoViewRequest,
  rawId: string,
  headers: Record<string, string>,
): Promise<StreamedAnswer> {
  const { backend, directory } = view;
  const [changeset] = await backend.changesets(directory, [rawId], view);
  const from = changeset?.parents[0] ?? null;
  return {
    etag: `${rawId}-diff`,
    headers,
    open: () => backend.openDiff(directory, from, rawId, view),
  };
}
