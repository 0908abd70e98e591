import {
  flag,
  id,
  listOf,
  localTime,
  mapOf,
  message,
  named,
  object,
  optional,
  orNull,
  pair,
  text,
} from '../../rpc/result-shapes.js';
import { CommentSummary, reviewStatus } from '../pull-requests/pull-requests.results.js';
import { Changeset } from '../repos/repos.results.js';

const files = { added: listOf(text), changed: listOf(text), removed: listOf(text) };

export const ListedChangeset = named('ListedChangeset', {
  ...Changeset.properties,
  added: optional(files.added),
  changed: optional(files.changed),
  removed: optional(files.removed),
});

export const ChangesetStatus = named('ChangesetStatus', {
  status: reviewStatus,
  modified_at: localTime,
  reviewer: text,
});

export const ChangesetDetails = named('ChangesetDetails', {
  ...Changeset.properties,
  ...files,
  author: object({ name: text, email: text }),
  reviews: optional(listOf(ChangesetStatus)),
  comments: optional(listOf(CommentSummary)),
  inline_comments: optional(listOf(pair(text, mapOf(listOf(CommentSummary))))),
});

export const CommentedChangeset = message({
  comment_id: orNull(id),
  status_change: orNull(reviewStatus),
  success: flag,
});
export const ReviewedChangeset = message({ status: ChangesetStatus, success: flag });
