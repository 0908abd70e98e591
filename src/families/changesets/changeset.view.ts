import { localSeconds, utc } from '../../rpc/wire-date.js';
import type { ChangesetSummary, CommentShape, StatusShape } from '../../sdk/index.js';
import type { Changeset, TouchedFiles } from '../../vcs/vcs.js';
import { changesetView } from '../repos/repo.view.js';
import { storedChangeset } from '../repos/stored-changeset.js';
import { splitAuthor } from './author.js';
import type { ChangesetComment, ChangesetStatus } from './changeset-remarks.js';

const touchedView = ({ added, changed, removed }: TouchedFiles) => ({ added, changed, removed });

/** An item of `get_changesets`. @param touched only when the caller asked for the files */
export const toListedChangeset = (changeset: Changeset, touched?: TouchedFiles) => ({
  ...changesetView(storedChangeset(changeset), localSeconds),
  ...(touched && touchedView(touched)),
});

/** `get_changeset`: the files always, the author in two parts. */
export const toChangesetView = (changeset: Changeset, touched: TouchedFiles) => ({
  ...toListedChangeset(changeset),
  ...touchedView(touched),
  author: splitAuthor(changeset.author),
});

/** For events: times in UTC. */
export const toChangesetSummary = (changeset: Changeset): ChangesetSummary =>
  changesetView(storedChangeset(changeset), utc);

export const toStatusView = ({ status, modified_at, reviewer }: ChangesetStatus) => ({
  status,
  modified_at: localSeconds(modified_at),
  reviewer,
});

export const toStatusShape = (status: ChangesetStatus): StatusShape => ({
  ...toStatusView(status),
  modified_at: utc(status.modified_at),
});

export const toCommentView = ({ comment_id, username, text, created_on }: ChangesetComment) => ({
  comment_id,
  username,
  text,
  created_on: localSeconds(created_on),
});

export const toCommentShape = (comment: ChangesetComment): CommentShape => ({
  ...toCommentView(comment),
  created_on: utc(comment.created_on),
  comment_type: comment.comment_type,
  f_path: comment.f_path,
  line_no: comment.line_no,
  reply_to: null,
  resolves_comment_id: comment.resolves_comment_id,
});

type CommentView = ReturnType<typeof toCommentView>;

/** `[path, {line: [comment, ...]}]`, sorted by path; comments in the order of their creation. */
export function toInlineComments(
  comments: readonly ChangesetComment[],
): [path: string, lines: Record<string, CommentView[]>][] {
  const paths = new Map<string, Record<string, CommentView[]>>();
  for (const comment of comments) {
    const { f_path: path, line_no: line } = comment;
    if (path === null || line === null) continue;
    const lines = paths.get(path) ?? {};
    paths.set(path, lines);
    (lines[line] ??= []).push(toCommentView(comment));
  }
  return [...paths].sort(([one], [other]) => (one < other ? -1 : 1));
}
