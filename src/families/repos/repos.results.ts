import {
  flag,
  id,
  integer,
  listOf,
  localTime,
  mapOf,
  message,
  named,
  number,
  object,
  oneOf,
  optional,
  orNull,
  text,
  texts,
  yes,
  hash,
} from '../../rpc/result-shapes.js';
import { PullRequest } from '../pull-requests/pull-requests.results.js';
import { Member, User } from '../users/users.results.js';

export const Changeset = named('Changeset', {
  short_id: text,
  raw_id: hash,
  /** -1: the repository is empty. */
  revision: integer,
  message: text,
  date: localTime,
  author: text,
});

/** While `repository_fields` is on. */
const EXTRA_FIELDS = { patternProperties: { '^ex_': text } };

export const Repo = named(
  'Repo',
  {
    repo_id: id,
    repo_name: text,
    repo_type: oneOf('git', 'hg'),
    clone_uri: orNull(text),
    private: flag,
    created_on: localTime,
    description: text,
    landing_rev: texts('type', 'name'),
    owner: text,
    fork_of: orNull(text),
    enable_statistics: flag,
    enable_downloads: flag,
    last_changeset: Changeset,
  },
  EXTRA_FIELDS,
);

export const RepoDetails = named(
  'RepoDetails',
  {
    ...Repo.properties,
    repo_state: oneOf('repo_state_created', 'repo_state_pending', 'repo_state_error'),
    clone_url: text,
    members: listOf(Member),
    followers: listOf(User),
    tags: optional(mapOf(text)),
    branches: optional(mapOf(text)),
    bookmarks: optional(mapOf(text)),
    pull_requests: optional(listOf(PullRequest)),
  },
  EXTRA_FIELDS,
);

const lockReason = oneOf('lock_api', 'lock_pull');

export const LockedRepo = named(
  'LockedRepo',
  {
    ...Repo.properties,
    enable_locking: flag,
    locked_by: User,
    locked_date: localTime,
    lock_reason: lockReason,
  },
  EXTRA_FIELDS,
);

export const RepoLock = named('RepoLock', {
  repo: text,
  locked: flag,
  locked_since: orNull(number),
  locked_by: orNull(text),
  lock_reason: orNull(lockReason),
  lock_state_changed: flag,
  msg: text,
});

/** Of files `details` asks for more. */
export const RepoNode = named('RepoNode', {
  name: text,
  type: oneOf('file', 'dir'),
  extension: optional(text),
  mimetype: optional(text),
  md5: optional(orNull(text)),
  binary: optional(orNull(flag)),
  size: optional(integer),
  lines: optional(orNull(integer)),
  content: optional(orNull(text)),
});
/** `job_id` with `wait: false` only: nothing was added or removed then. */
export const Rescanned = object({ added: listOf(text), removed: listOf(text), job_id: optional(id) });

export const Done = message({ success: yes });
/** `job_id` with `wait: false` only. */
export const StartedRepo = message({ success: yes, job_id: optional(id) });
export const Pulled = message({ repository: text, job_id: optional(id) });
export const Invalidated = message({ repository: text });
export const ChangedRepo = message({ repository: Repo });

export const ExtraField = named('ExtraField', {
  field_key: text,
  field_label: text,
  field_desc: text,
  field_value: text,
});
export const ChangedExtraField = message({ success: yes, field: ExtraField });
