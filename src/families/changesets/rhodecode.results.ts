import {
  flag,
  hash,
  integer,
  listOf,
  localTime,
  named,
  object,
  oneOf,
  optional,
  orNull,
  text,
} from '../../rpc/result-shapes.js';

const FileDiff = named('FileDiff', {
  filename: text,
  op: oneOf('A', 'M', 'D'),
  new_revision: optional(text),
  old_revision: optional(orNull(text)),
  raw_diff: optional(orNull(text)),
  stats: optional(object({ added: integer, deleted: integer, binary: flag })),
});

const names = listOf(text);

/** In RhodeCode's words. */
export const RepoChangeset = named('RepoChangeset', {
  short_id: text,
  raw_id: hash,
  revision: integer,
  message: text,
  date: localTime,
  author: text,
  parents: listOf(object({ raw_id: hash })),
  branch: orNull(text),
  diff: listOf(FileDiff),
  refs: optional(object({ branches: names, tags: names, bookmarks: names })),
});
