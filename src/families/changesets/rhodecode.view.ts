import { localSeconds } from '../../rpc/wire-date.js';
import type { Changeset, Diff, FileChange, Refs, TouchedFiles } from '../../vcs/vcs.js';

type Op = 'A' | 'M' | 'D';

/** A file of a changeset; what follows `op` only with its patch. */
export interface FileDiff {
  filename: string;
  op: Op;
  new_revision?: string;
  old_revision?: string | null;
  /** Null: it did not fit into the answer. */
  raw_diff?: string | null;
  stats?: { added: number; deleted: number; binary: boolean };
}

const OPS: Readonly<Record<FileChange['op'], Op>> = {
  added: 'A',
  copied: 'A',
  modified: 'M',
  renamed: 'M',
  removed: 'D',
};

/** A changeset in RhodeCode's words. */
export const toRepoChangeset = (
  changeset: Changeset,
  diff: FileDiff[] = [],
  refs?: Record<'branches' | 'tags' | 'bookmarks', string[]>,
) => ({
  short_id: changeset.rawId.slice(0, 12),
  raw_id: changeset.rawId,
  revision: changeset.revision,
  message: changeset.message,
  date: localSeconds(new Date(changeset.date * 1000)),
  author: changeset.author,
  parents: changeset.parents.map((raw_id) => ({ raw_id })),
  branch: changeset.branch,
  diff,
  ...(refs && { refs }),
});

/** Names and what happened to them, by name. */
export function namesOf({ added, changed, removed }: TouchedFiles): FileDiff[] {
  const files = (names: readonly string[], op: Op) => names.map((filename) => ({ filename, op }));
  return [...files(added, 'A'), ...files(changed, 'M'), ...files(removed, 'D')].sort((one, other) =>
    one.filename < other.filename ? -1 : 1,
  );
}

/** Every file begins with a line that no line of content can be mistaken for. */
const FILES = /(?<=\n)(?=diff --git )/;

export function patchesOf({ rawId, parents }: Changeset, { files, text, truncated }: Diff): FileDiff[] {
  const texts = text === '' ? [] : text.split(FILES);
  return files.map(({ path, op, added, removed, binary }, index) => ({
    filename: path,
    op: OPS[op],
    new_revision: rawId,
    old_revision: parents[0] ?? null,
    raw_diff: texts[index] ?? (truncated ? null : ''),
    stats: { added, deleted: removed, binary },
  }));
}

/** Names that point at each changeset. */
export function refsByCommit(refs: Refs) {
  const kinds = ['branches', 'tags', 'bookmarks'] as const;
  const byCommit = new Map<string, Record<(typeof kinds)[number], string[]>>();
  const at = (id: string) => {
    const known = byCommit.get(id) ?? { branches: [], bookmarks: [], tags: [] };
    byCommit.set(id, known);
    return known;
  };
  for (const kind of kinds) for (const [name, id] of Object.entries(refs[kind])) at(id)[kind].push(name);
  return at;
}
