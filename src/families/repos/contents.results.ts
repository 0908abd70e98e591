import {
  either,
  flag,
  integer,
  listOf,
  mapOf,
  named,
  object,
  oneOf,
  optional,
  orNull,
  text,
} from '../../rpc/result-shapes.js';

/** Ids by name. */
export const RepoRefs = named('RepoRefs', {
  branches: mapOf(text),
  branches_closed: mapOf(text),
  tags: mapOf(text),
  bookmarks: mapOf(text),
});

/** Null: the file is too large to be read. */
const facts = { md5: orNull(text), extension: text, binary: orNull(flag), size: integer };

/** How much of it, `details` says; null for an empty repository. */
export const RepoFile = orNull(
  named('RepoFile', {
    name: text,
    type: oneOf('file'),
    md5: optional(facts.md5),
    extension: optional(text),
    mimetype: optional(text),
    binary: optional(facts.binary),
    size: optional(integer),
    content: optional(orNull(text)),
    encoding: optional(text),
    lines: optional(orNull(integer)),
  }),
);

export const IndexedFiles = listOf(object({ name: text, ...facts }));
/** All of them, or the one asked for; null when there is none of that name. */
export const RepoSettings = either(mapOf(flag), orNull(flag));
