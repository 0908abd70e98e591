// Generated from docs/openrpc.json by `npm run generate`; do not edit.

/** `data.reason` of a refusal. */
export type ErrorReason = 'KEY_INVALID' | 'DENIED' | 'NOT_FOUND' | 'CONFLICT' | 'REFUSED' | 'RATE_LIMITED' | 'DEADLINE' | 'INVALID_PARAMS' | 'UNAVAILABLE' | 'INTERNAL';

export interface ApiKey {
  api_key_id: number;
  user: string;
  prefix: string;
  description: string;
  dialect: string | null;
  scopes: string[] | null;
  ips: string[] | null;
  /** naive local time */
  created_on: string;
  /** Unix seconds, -1 = never */
  expires: number;
  last_used_at: string | null;
  last_used_ip: string | null;
  replaced_by: number | null;
}

export interface Changeset {
  short_id: string;
  raw_id: string;
  revision: number;
  message: string;
  /** naive local time */
  date: string;
  author: string;
}

export interface ChangesetDetails {
  short_id: string;
  raw_id: string;
  revision: number;
  message: string;
  /** naive local time */
  date: string;
  author: {
    name: string;
    email: string;
  };
  added: string[];
  changed: string[];
  removed: string[];
  reviews?: ChangesetStatus[];
  comments?: CommentSummary[];
  inline_comments?: ([string, Record<string, CommentSummary[]>])[];
}

export interface ChangesetStatus {
  status: "not_reviewed" | "under_review" | "approved" | "rejected";
  /** naive local time */
  modified_at: string;
  reviewer: string;
}

export interface Comment {
  comment_id: number;
  comment_type: "note" | "todo";
  comment_text: string;
  comment_status: {
    status?: string;
    status_lbl?: string;
  };
  comment_f_path: string | null;
  comment_lineno: string | null;
  comment_author: {
    username: string;
    full_name_or_username: string;
    active: boolean;
  };
  /** naive local time */
  comment_created_on: string;
  comment_reply_to: number | null;
  comment_resolves_comment_id: number | null;
  comment_resolved_by: number | null;
  comment_commit_id: string | null;
  comment_pull_request_id: number | null;
  comment_last_version: number;
  pull_request_version: null;
}

export interface CommentSummary {
  comment_id: number;
  username: string;
  text: string;
  /** naive local time */
  created_on: string;
}

export interface Delivery {
  delivery_id: number;
  message_id: string;
  webhook_id: number;
  event_id: number;
  event_type: string;
  repo_id: number | null;
  state: "pending" | "leased" | "held" | "delivered" | "failed" | "gone" | "rejected" | "blocked" | "cancelled" | "skipped";
  attempts: number;
  outcome: "delivered" | "retry" | "gone" | "rejected" | "blocked" | "local_fault" | null;
  code: string | null;
  reason: string | null;
  status: number | null;
  /** naive local time */
  created_on: string;
  next_attempt_at: string | null;
  completed_at: string | null;
}

export interface DeliveryAttempt {
  number: number;
  /** naive local time */
  started_at: string;
  duration_ms: number | null;
  outcome: "delivered" | "retry" | "gone" | "rejected" | "blocked" | "local_fault";
  code: string;
  reason: string | null;
  status: number | null;
  request_target: string | null;
  request_headers: Record<string, string> | null;
  request_body: string | null;
  response_headers: Record<string, string> | null;
  response_body: string | null;
  response_truncated: boolean;
  timing: Record<string, number> | null;
  next_attempt_at: string | null;
}

export interface DeliveryDetails {
  delivery_id: number;
  message_id: string;
  webhook_id: number;
  event_id: number;
  event_type: string;
  repo_id: number | null;
  state: "pending" | "leased" | "held" | "delivered" | "failed" | "gone" | "rejected" | "blocked" | "cancelled" | "skipped";
  attempts: number;
  outcome: "delivered" | "retry" | "gone" | "rejected" | "blocked" | "local_fault" | null;
  code: string | null;
  reason: string | null;
  status: number | null;
  /** naive local time */
  created_on: string;
  next_attempt_at: string | null;
  completed_at: string | null;
  payload: string | null;
  attempt_log: DeliveryAttempt[];
}

export interface Endpoint {
  breaker: "closed" | "open" | "half_open";
  breaker_open_until: string | null;
  failures_in_row: number;
  slowed_until: string | null;
  slow_level: number;
  failing_since: string | null;
  failures: number;
}

export interface Event {
  type: string;
  version: number;
  timestamp: string;
  data: Record<string, unknown>;
}

export interface EventType {
  event_type: string;
  version: number;
  summary: string;
}

export interface EventTypeDetails {
  event_type: string;
  version: number;
  summary: string;
  schema: Record<string, unknown>;
  example: Record<string, unknown>;
}

export interface ExtraField {
  field_key: string;
  field_label: string;
  field_desc: string;
  field_value: string;
}

export interface FileDiff {
  filename: string;
  op: "A" | "M" | "D";
  new_revision?: string;
  old_revision?: string | null;
  raw_diff?: string | null;
  stats?: {
    added: number;
    deleted: number;
    binary: boolean;
  };
}

export interface GatewaySettings {
  anonymous_access: boolean;
  default_repo_type: "git" | "hg";
  default_repo_private: boolean;
  default_repo_enable_downloads: boolean;
  default_repo_enable_statistics: boolean;
  repository_fields: boolean;
  clone_uri_tmpl: string;
}

export interface Gist {
  gist_id: number;
  type: "public" | "private";
  access_id: string;
  description: string;
  url: string;
  /** Unix seconds, -1 = never */
  expires: number;
  /** naive local time */
  created_on: string;
}

export interface GistDetails {
  gist_id: number;
  type: "public" | "private";
  access_id: string;
  description: string;
  url: string;
  /** Unix seconds, -1 = never */
  expires: number;
  /** naive local time */
  created_on: string;
  content?: Record<string, string>;
}

export interface GlobalPermission {
  permission_id: number;
  type: "user" | "user_group";
  id: number;
  name: string;
  permission: string;
}

export interface Job {
  job_id: number;
  kind: string;
  state: "pending" | "running" | "succeeded" | "failed" | "cancelled";
  repo_id: number | null;
  repo_name: string | null;
  group_id: number | null;
  group_name: string | null;
  progress: {
    done: number;
    total: number;
    text: string;
  } | null;
  result: Record<string, unknown> | null;
  error: string | null;
  detail: string | null;
  cancel_requested: boolean;
  created_by: string | null;
  attempts: number;
  /** naive local time */
  created_on: string;
  started_on: string | null;
  finished_on: string | null;
}

export interface ListedChangeset {
  short_id: string;
  raw_id: string;
  revision: number;
  message: string;
  /** naive local time */
  date: string;
  author: string;
  added?: string[];
  changed?: string[];
  removed?: string[];
}

export interface LockedRepo {
  repo_id: number;
  repo_name: string;
  repo_type: "git" | "hg";
  clone_uri: string | null;
  private: boolean;
  /** naive local time */
  created_on: string;
  description: string;
  /** type, name */
  landing_rev: [string, string];
  owner: string;
  fork_of: string | null;
  enable_statistics: boolean;
  enable_downloads: boolean;
  last_changeset: Changeset;
  enable_locking: boolean;
  locked_by: User;
  /** naive local time */
  locked_date: string;
  lock_reason: "lock_api" | "lock_pull";
  [name: `ex_${string}`]: string;
}

export interface Member {
  name: string;
  type: "user" | "user_group";
  permission: string;
}

export interface Mergeable {
  status: boolean | "not_available";
  message: string;
  checks?: ({
    name: string;
    passed: boolean;
    blocks: boolean;
    message: string;
  })[];
}

export interface OriginOfRight {
  object: {
    type: "global" | "repo" | "repo_group" | "user_group";
    id: number | null;
    name: string | null;
  };
  permission: string;
  origins: ({
    origin: string;
    user_group?: string;
    permission: string;
  })[];
}

export interface Person {
  user_id: number;
  username: string;
  firstname: string;
  lastname: string;
  description: string;
  email: string | null;
  emails: string[];
}

export interface Plugin {
  plugin_id: string;
  version: string | null;
  summary: string;
  origin: "tree" | "folder" | "npm";
  kinds: string[];
  isolation: string | null;
  enabled: boolean;
  state: "running" | "paused" | "restarting" | "disabled" | "refused" | "failed" | "stopped";
  code: string | null;
  reason: string | null;
  last_error: string | null;
  hosts: "enforced" | "advisory" | null;
  capabilities: Record<string, unknown>;
  adapters: string[];
  methods: string[];
}

export interface PullRequest {
  pull_request_id: number;
  url: string;
  reviewers: ({
    username: string;
  })[];
  revisions: string[];
  owner: string;
  title: string;
  description: string;
  org_repo_url: string;
  /** type, name, revision */
  org_ref_parts: [string, string, string];
  /** type, name, revision */
  other_ref_parts: [string, string, string];
  status: "new" | "closed";
  review_status: "under_review" | "approved" | "rejected";
  comments: CommentSummary[];
  statuses: ({
    status: string;
    /** naive local time */
    modified_at: string;
    reviewer: string;
  })[];
  /** naive local time */
  created_on: string;
  /** naive local time */
  updated_on: string;
  merge_commit: string | null;
  merged_at: string | null;
}

export interface PullRequestDiff {
  pull_request_id: number;
  from_commit_id: string;
  to_commit_id: string;
  files: ({
    f_path: string;
    old_f_path: string | null;
    op: "added" | "removed" | "modified" | "renamed" | "copied";
    added: number;
    removed: number;
    binary: boolean;
  })[];
  diff: string;
  truncated: boolean;
}

export interface PullRequestOverview {
  pull_request_id: number;
  url: string;
  title: string;
  description: string;
  status: "new" | "closed";
  state: string;
  /** naive local time */
  created_on: string;
  /** naive local time */
  updated_on: string;
  commit_ids: string[];
  review_status: "under_review" | "approved" | "rejected";
  mergeable: Mergeable;
  source: PullRequestSide;
  target: PullRequestSide;
  merge: {
    clone_url: null;
    reference: null;
  };
  merge_commit: string | null;
  merged_at: string | null;
  author: Person | null;
  reviewers: ({
    user: Person | null;
    reasons: string[];
    review_status: "not_reviewed" | "under_review" | "approved" | "rejected";
  })[];
}

export interface PullRequestSide {
  clone_url: string;
  repository: string;
  reference: {
    name: string;
    type: string;
    commit_id: string;
  };
}

export interface Repo {
  repo_id: number;
  repo_name: string;
  repo_type: "git" | "hg";
  clone_uri: string | null;
  private: boolean;
  /** naive local time */
  created_on: string;
  description: string;
  /** type, name */
  landing_rev: [string, string];
  owner: string;
  fork_of: string | null;
  enable_statistics: boolean;
  enable_downloads: boolean;
  last_changeset: Changeset;
  [name: `ex_${string}`]: string;
}

export interface RepoChangeset {
  short_id: string;
  raw_id: string;
  revision: number;
  message: string;
  /** naive local time */
  date: string;
  author: string;
  parents: ({
    raw_id: string;
  })[];
  branch: string | null;
  diff: FileDiff[];
  refs?: {
    branches: string[];
    tags: string[];
    bookmarks: string[];
  };
}

export interface RepoDetails {
  repo_id: number;
  repo_name: string;
  repo_type: "git" | "hg";
  clone_uri: string | null;
  private: boolean;
  /** naive local time */
  created_on: string;
  description: string;
  /** type, name */
  landing_rev: [string, string];
  owner: string;
  fork_of: string | null;
  enable_statistics: boolean;
  enable_downloads: boolean;
  last_changeset: Changeset;
  repo_state: "repo_state_created" | "repo_state_pending" | "repo_state_error";
  clone_url: string;
  members: Member[];
  followers: User[];
  tags?: Record<string, string>;
  branches?: Record<string, string>;
  bookmarks?: Record<string, string>;
  pull_requests?: PullRequest[];
  [name: `ex_${string}`]: string;
}

export interface RepoFile {
  name: string;
  type: "file";
  md5?: string | null;
  extension?: string;
  mimetype?: string;
  binary?: boolean | null;
  size?: number;
  content?: string | null;
  encoding?: string;
  lines?: number | null;
}

export interface RepoGroup {
  group_id: number;
  group_name: string;
  group_description: string;
  parent_group: string | null;
  repositories: string[];
  owner: string;
}

export interface RepoGroupDetails {
  group_id: number;
  group_name: string;
  group_description: string;
  parent_group: string | null;
  repositories: string[];
  owner: string;
  members: Member[];
}

export interface RepoLock {
  repo: string;
  locked: boolean;
  locked_since: number | null;
  locked_by: string | null;
  lock_reason: "lock_api" | "lock_pull" | null;
  lock_state_changed: boolean;
  msg: string;
}

export interface RepoNode {
  name: string;
  type: "file" | "dir";
  extension?: string;
  mimetype?: string;
  md5?: string | null;
  binary?: boolean | null;
  size?: number;
  lines?: number | null;
  content?: string | null;
}

export interface RepoRefs {
  branches: Record<string, string>;
  branches_closed: Record<string, string>;
  tags: Record<string, string>;
  bookmarks: Record<string, string>;
}

export interface User {
  user_id: number;
  username: string;
  firstname: string;
  lastname: string;
  email: string | null;
  emails: string[];
  active: boolean;
  admin: boolean;
}

export interface UserDetails {
  user_id: number;
  username: string;
  firstname: string;
  lastname: string;
  email: string | null;
  emails: string[];
  active: boolean;
  admin: boolean;
  permissions: {
    global: string[];
    repositories: Record<string, string>;
    repositories_groups: Record<string, string>;
    user_groups: Record<string, string>;
  };
}

export interface UserGroup {
  users_group_id: number;
  group_name: string;
  group_description: string | null;
  active: boolean;
  owner: string;
  members: User[];
}

export interface UserGroupDetails {
  users_group_id: number;
  group_name: string;
  group_description: string | null;
  active: boolean;
  owner: string;
  members: User[];
  permissions?: Member[];
}

export interface UserNetwork {
  ip_addr: string;
  /** first address, last address */
  ip_range: [string, string];
}

export interface Webhook {
  webhook_id: number;
  adapter: string;
  url: string | null;
  event_types: string[];
  repo_id: number | null;
  repo_group_id: number | null;
  recursive: boolean;
  config: Record<string, unknown>;
  description: string;
  active: boolean;
  disabled_reason: string | null;
  disabled_on: string | null;
  max_in_flight: number | null;
  rate_per_minute: number | null;
  retry_schedule: number[] | null;
  ordering: "none" | "repository" | "pull_request" | "strict";
  filter: Record<string, unknown> | null;
  record_skipped: boolean;
  endpoint: Endpoint;
  waiting_reason: string | null;
  /** naive local time */
  created_on: string;
  /** naive local time */
  updated_on: string;
}

export interface WebhookDetails {
  webhook_id: number;
  adapter: string;
  url: string | null;
  event_types: string[];
  repo_id: number | null;
  repo_group_id: number | null;
  recursive: boolean;
  config: Record<string, unknown>;
  description: string;
  active: boolean;
  disabled_reason: string | null;
  disabled_on: string | null;
  max_in_flight: number | null;
  rate_per_minute: number | null;
  retry_schedule: number[] | null;
  ordering: "none" | "repository" | "pull_request" | "strict";
  filter: Record<string, unknown> | null;
  record_skipped: boolean;
  endpoint: Endpoint;
  waiting_reason: string | null;
  /** naive local time */
  created_on: string;
  /** naive local time */
  updated_on: string;
  deliveries: {
    pending: number;
    in_flight: number;
    held: number;
    oldest_due_on: string | null;
  };
}

export interface WebhookKey {
  key_id: string;
  signature: "v1" | "v1a";
  public_key: string | null;
  /** naive local time */
  created_on: string;
  expires_on: string | null;
}

/** Every method with its parameters and its result. */
export interface Methods {
  /** Give a user an additional address, shown in `emails` behind the primary one. */
  add_user_email: {
    params: {
      /** an additional address; unique whatever its case */
      email: string;
      /** user id or name; the caller when omitted */
      userid?: number | string | null;
    };
    result: {
      msg: string;
      user: User;
    };
  };
  /** Limit a user to a network, beside those that he is limited to already; `get_ip` lists them. */
  add_user_ip: {
    params: {
      /** user id or name; the networks of `default` are added to everybody's */
      userid: number | string;
      /** an address or a CIDR network such as 10.0.0.0/24 */
      ip_addr: string;
    };
    result: {
      msg: string;
      user_ips: UserNetwork[];
    };
  };
  /** Make a user a member of a user group; `success` is false when he was one already. */
  add_user_to_user_group: {
    params: {
      /** user group id or name */
      usergroupid: number | string;
      /** user id or name */
      userid: number | string;
    };
    result: {
      msg: string;
      success: boolean;
    };
  };
  /** Stop a job that has not ended; what it made or moved is taken back. */
  cancel_job: {
    params: {
      /** id as `get_jobs` shows it */
      job_id: number;
    };
    result: {
      msg: string;
      job: Job;
    };
  };
  /** Close a pull request without merging it. */
  close_pull_request: {
    params: {
      /** id of the pull request */
      pullrequestid: number;
      /** target repository; refused when the pull request has another one */
      repoid?: number | string | null;
      /** user id or name to act for; administrators of the target only */
      userid?: number | string | null;
      /** the last comment */
      message?: string | null;
    };
    result: {
      pull_request_id: number;
      close_status: string;
      closed: boolean;
    };
  };
  /** Comment on a changeset or on a line of it; whoever may write to the repository votes as well. */
  comment_changeset: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** full or abbreviated id, branch, tag, bookmark, `tip`, or number (negative ones count from the end) */
      raw_id: number | string;
      /** may be empty when `status` is given */
      comment_msg?: string | null;
      /** vote on the changeset; needs write */
      status?: "not_reviewed" | "under_review" | "approved" | "rejected" | null;
      /** a file that the changeset touches; with `line_no` */
      f_path?: string | null;
      /** `n12` (new side) or `o12` (old side); `12` is `n12` */
      line_no?: string | null;
      comment_type?: "note" | "todo" | null;
      /** the todo on this changeset that the comment settles */
      resolves_comment_id?: number | null;
      /** user id or name to act for; administrators of the repository only */
      userid?: number | string | null;
      /** accepted for older clients, without effect: no mail is sent */
      extra_recipients?: unknown[] | null;
      /** accepted for older clients, without effect: no mail is sent */
      send_email?: boolean | null;
    };
    result: {
      msg: string;
      comment_id: number | null;
      status_change: "not_reviewed" | "under_review" | "approved" | "rejected" | null;
      success: boolean;
    };
  };
  /** Comment on a pull request or on a line of it, answer, set and settle todos, vote. */
  comment_pull_request: {
    params: {
      /** id of the pull request */
      pullrequestid: number;
      /** target repository; refused when the pull request has another one */
      repoid?: number | string | null;
      /** user id or name to act for; administrators of the target only */
      userid?: number | string | null;
      message?: string | null;
      /** a vote must be for the newest commit to count */
      commit_id?: string | null;
      /** vote: not_reviewed, under_review, approved or rejected */
      status?: string | null;
      /** a todo stands in the way of a merge */
      comment_type?: "note" | "todo" | null;
      /** the todo that this comment settles */
      resolves_comment_id?: number | null;
      /** the comment that this one answers; its place is taken over */
      reply_to?: number | null;
      /** a file that the pull request changes; needs `line_no` */
      f_path?: string | null;
      /** `n12` for the new side, `o12` for the old one */
      line_no?: string | null;
      /** accepted for older clients, without effect: no mail is sent */
      extra_recipients?: unknown[] | null;
      /** accepted for older clients, without effect: no mail is sent */
      send_email?: boolean | null;
    };
    result: {
      pull_request_id: number;
      comment_id: number | null;
      status: {
        given: string | null;
        was_changed: boolean;
      };
    };
  };
  /** Comment on a pull request, vote on it, close it. */
  comment_pullrequest: {
    params: {
      /** id of the pull request */
      pull_request_id: number;
      comment_msg?: string | null;
      /** vote of the caller on every revision of the pull request */
      status?: "not_reviewed" | "under_review" | "approved" | "rejected" | null;
      /** close the pull request */
      close_pr?: boolean | null;
    };
    result: true;
  };
  /** Give a plugin its settings, which it takes without a restart of the gateway. */
  configure_plugin: {
    params: {
      /** id of the plugin, as `get_plugins` shows it */
      plugin_id: string;
      /** settings by the schema of the plugin; a secret that is left out, or given as it is shown, stays */
      config: Record<string, unknown>;
    };
    result: {
      msg: string;
      plugin: Plugin;
    };
  };
  /** Create an API key for oneself (super admins: for anyone); the key is shown only here. */
  create_api_key: {
    params: {
      /** whose key; the caller when omitted, others by super admins only */
      userid?: number | string | null;
      /** what the key is for */
      description?: string | null;
      /** minutes; -1 never ends */
      lifetime?: number | null;
      /** dialect of answers to this key; the default of the server when omitted */
      dialect?: "kallithea" | "kallithea-2019" | "kallithea-2016" | "kallithea-2014" | "rhodecode-1.3" | "rhodecode-4" | null;
      /** `read`, method names or globs, `repo:<glob>`, `group:<glob>`; all rights of the user when omitted */
      scopes?: string[] | null;
      /** addresses or CIDR networks that may use the key; any when omitted */
      ips?: string[] | null;
    };
    result: {
      msg: string;
      api_key: string;
      api_key_id: number;
      user: string;
      prefix: string;
      description: string;
      dialect: string | null;
      scopes: string[] | null;
      ips: string[] | null;
      /** naive local time */
      created_on: string;
      /** Unix seconds, -1 = never */
      expires: number;
      last_used_at: string | null;
      last_used_ip: string | null;
      replaced_by: number | null;
    };
  };
  /** Create a gist; in the name of another only as super admin. */
  create_gist: {
    params: {
      /** `{"<file name>": {"content": "<text>"}}`, 100 files and 10 MiB at most */
      files: Record<string, unknown>;
      /** user id or name; others than oneself for super admins only */
      owner?: number | string | null;
      /** public: every user may read it; private: the owner and super admins */
      gist_type?: "public" | "private" | null;
      /** minutes from now; -1: for ever */
      lifetime?: number | null;
      description?: string | null;
    };
    result: {
      msg: string;
      gist: Gist;
    };
  };
  /** Open a pull request between two branches of one repository, or of a fork and its parent. */
  create_pull_request: {
    params: {
      /** repository with the changes, by id or full name */
      source_repo: number | string;
      /** repository that shall get them: the same one, or the one it was forked from */
      target_repo: number | string;
      /** `type:name` or `type:name:commit`; types are branch, bookmark and tag */
      source_ref: string;
      /** `type:name` or `type:name:commit`; types are branch, bookmark and tag */
      target_ref: string;
      /** user id or name; super admins only, the caller when omitted */
      owner?: number | string | null;
      /** made from the repositories and refs when empty */
      title?: string | null;
      description?: string | null;
      /** user ids or names, or objects with `username` */
      reviewers?: unknown[] | null;
      /** accepted for older clients, without effect */
      description_renderer?: string | null;
      /** accepted for older clients, without effect */
      observers?: unknown[] | null;
    };
    result: {
      msg: string;
      pull_request_id: number;
      url: string;
      revisions: string[];
    };
  };
  /** Create a repository, empty or cloned from `clone_uri`. */
  create_repo: {
    params: {
      /** full name; the repository group before the last `/` must exist, see `create_groups` */
      repo_name: string;
      /** user id or name; super admins only, the caller when omitted */
      owner?: number | string | null;
      /** the setting `default_repo_type` when omitted */
      repo_type?: "git" | "hg" | null;
      /** the last part of the name when empty */
      description?: string | null;
      /** null: the setting `default_repo_private` */
      private?: boolean | null;
      /** http(s) address to clone from; kept for `pull` */
      clone_uri?: string | null;
      /** `type:name`; types are rev, branch, tag and book (`rev:tip`) */
      landing_rev?: string | null;
      /** the setting `default_repo_enable_statistics` when omitted */
      enable_statistics?: boolean | null;
      /** the setting `default_repo_enable_downloads` when omitted */
      enable_downloads?: boolean | null;
      /** a writer's pull locks the repository, his push unlocks it */
      enable_locking?: boolean | null;
      /** take over the rights of the repository group */
      copy_permissions?: boolean | null;
      /** make the repository groups that the name lacks: super admins, and whoever has write on the deepest one there is */
      create_groups?: boolean | null;
      /** false: answers at once with `job_id`, see `get_job`; true: waits as long as the call may take */
      wait?: boolean | null;
    };
    result: {
      msg: string;
      success: true;
      job_id?: number;
    };
  };
  /** Add a field to a repository, shown as `ex_<key>` while the setting `repository_fields` is on. */
  create_repo_extra_field: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** letters, digits, `_` and `-`; shown as `ex_<key>` */
      field_key: string;
      /** the key when empty */
      field_label?: string | null;
      field_desc?: string | null;
      field_value?: string | null;
    };
    result: {
      msg: string;
      success: true;
      field: ExtraField;
    };
  };
  /** Create a repository group. */
  create_repo_group: {
    params: {
      /** last part of the name, without `/`; `parent` says where */
      group_name: string;
      /** the name when empty */
      description?: string | null;
      /** user id or name; the caller when omitted */
      owner?: number | string | null;
      /** repository group to create it in, by id or full name; at the top when omitted */
      parent?: number | string | null;
      /** take over the rights of the parent */
      copy_permissions?: boolean | null;
    };
    result: {
      msg: string;
      repo_group: RepoGroup;
      job_id?: number;
    };
  };
  /** Create a user and his first API key, which is shown only here. */
  create_user: {
    params: {
      /** letters, digits and `_ . @ + -`; unique whatever its case */
      username: string;
      /** unique whatever its case, also among additional addresses */
      email: string;
      /** empty: no sign-in by password */
      password?: string | null;
      firstname?: string | null;
      lastname?: string | null;
      /** an inactive user cannot use his keys */
      active?: boolean | null;
      /** super admin */
      admin?: boolean | null;
      /** who vouches for the account, e.g. `ldap` */
      extern_type?: string | null;
      /** its name there, e.g. the LDAP distinguished name */
      extern_name?: string | null;
    };
    result: {
      msg: string;
      user: User;
      api_key: string;
    };
  };
  /** Create a user group; its owner becomes its admin. */
  create_user_group: {
    params: {
      /** letters, digits, blanks and `_ . @ + -`; unique whatever its case */
      group_name: string;
      description?: string | null;
      /** user id or name, who becomes admin of the group; others than the caller by super admins only */
      owner?: number | string | null;
      /** the rights of an inactive group reach nobody */
      active?: boolean | null;
    };
    result: {
      msg: string;
      user_group: UserGroup;
    };
  };
  /** Subscribe to events; the signing secret is shown only here. */
  create_webhook: {
    params: {
      /** event types, with `*` as wildcard: `pull_request.*` */
      event_types: string[];
      /** where deliveries go; adapters other than `webhook` may need none */
      url?: string | null;
      /** only events of this repository */
      repoid?: number | string | null;
      /** only events of repositories in this group; with neither: everything */
      repogroupid?: number | string | null;
      /** with `repogroupid`: also of its subgroups */
      recursive?: boolean | null;
      /** how it is delivered; the name of an adapter */
      adapter?: string | null;
      /** settings of the adapter */
      config?: Record<string, unknown> | null;
      description?: string | null;
      /** false: deliveries are held until it is activated */
      active?: boolean | null;
      /** deliveries that may be under way at once */
      max_in_flight?: number | null;
      /** attempts a minute at most */
      rate_per_minute?: number | null;
      /** seconds before attempt 2, 3, ...; `[]`: no second attempt */
      retry_schedule?: unknown[] | null;
      /** `strict`: one after the other; `repository`, `pull_request`: those of each; `none`: in any order */
      ordering?: "none" | "repository" | "pull_request" | "strict" | null;
      /** `v1`: with a shared secret; `v1a`: ed25519, verified with a public key */
      signature?: "v1" | "v1a" | null;
      /** `branches`, `paths`, `actors` (globs, `!` excludes) and `body` (conditions); all must hold */
      filter?: Record<string, unknown> | null;
      /** keep what the filter leaves out in the delivery log, with the reason */
      record_skipped?: boolean | null;
    };
    result: {
      msg: string;
      webhook_id: number;
      adapter: string;
      url: string | null;
      event_types: string[];
      repo_id: number | null;
      repo_group_id: number | null;
      recursive: boolean;
      config: Record<string, unknown>;
      description: string;
      active: boolean;
      disabled_reason: string | null;
      disabled_on: string | null;
      max_in_flight: number | null;
      rate_per_minute: number | null;
      retry_schedule: number[] | null;
      ordering: "none" | "repository" | "pull_request" | "strict";
      filter: Record<string, unknown> | null;
      record_skipped: boolean;
      endpoint: Endpoint;
      waiting_reason: string | null;
      /** naive local time */
      created_on: string;
      /** naive local time */
      updated_on: string;
      secret: string | null;
      public_key: string | null;
    };
  };
  /** Revoke an API key at once, on all processes. */
  delete_api_key: {
    params: {
      /** id as `get_api_keys` shows it */
      api_key_id: number;
    };
    result: {
      msg: string;
      api_key: null;
    };
  };
  /** Delete a comment; replies and a vote that came with it stay. */
  delete_comment: {
    params: {
      /** id of a comment on a pull request or on a changeset */
      comment_id: number;
    };
    result: {
      msg: string;
      comment_id: number;
    };
  };
  /** Delete a gist for good. */
  delete_gist: {
    params: {
      /** gist id or access id */
      gistid: number | string;
    };
    result: {
      msg: string;
      gist: null;
    };
  };
  /** Delete an open pull request with its comments and votes. */
  delete_pull_request: {
    params: {
      /** id of the pull request */
      pullrequestid: number;
      /** target repository; refused when the pull request has another one */
      repoid?: number | string | null;
    };
    result: {
      msg: string;
      pull_request_id: number;
    };
  };
  /** Delete a repository; its directory goes to the trash. */
  delete_repo: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** what becomes of forks; `""` refuses when there are any */
      forks?: "" | "detach" | "delete" | null;
    };
    result: {
      msg: string;
      success: true;
    };
  };
  /** Delete an extra field with its value. */
  delete_repo_extra_field: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** letters, digits, `_` and `-`; shown as `ex_<key>` */
      field_key: string;
    };
    result: {
      msg: string;
      success: true;
    };
  };
  /** Delete a repository group; its directory goes to the trash. */
  delete_repo_group: {
    params: {
      /** repository group id or full name */
      repogroupid: number | string;
      /** delete the repositories and groups below too; without it a group must be empty */
      recursive?: boolean | null;
      /** false: answers at once with the `job_id` of the move or deletion, see `get_job`; true: waits as long as the call may take */
      wait?: boolean | null;
    };
    result: {
      msg: string;
      repo_group: null;
      job_id?: number;
    };
  };
  /** Delete a user who owns nothing. */
  delete_user: {
    params: {
      /** user id or name */
      userid: number | string;
    };
    result: {
      msg: string;
      user: null;
    };
  };
  /** Take an additional address of a user away. */
  delete_user_email: {
    params: {
      /** an additional address; unique whatever its case */
      email: string;
      /** user id or name; the caller when omitted */
      userid?: number | string | null;
    };
    result: {
      msg: string;
      user: User;
    };
  };
  /** Delete a user group that has no right on any repository. */
  delete_user_group: {
    params: {
      /** user group id or name */
      usergroupid: number | string;
    };
    result: {
      msg: string;
      user_group: null;
    };
  };
  /** Take a network of a user away; without any he may call from everywhere. */
  delete_user_ip: {
    params: {
      /** user id or name; the networks of `default` are added to everybody's */
      userid: number | string;
      /** an address or a CIDR network such as 10.0.0.0/24 */
      ip_addr: string;
    };
    result: {
      msg: string;
      user_ips: UserNetwork[];
    };
  };
  /** Delete a webhook; what was not sent yet is cancelled. */
  delete_webhook: {
    params: {
      /** id as `create_webhook` answered it */
      webhook_id: number;
    };
    result: {
      msg: string;
      webhook: null;
    };
  };
  /** Stop a plugin in every process and withdraw what it added. */
  disable_plugin: {
    params: {
      /** id of the plugin, as `get_plugins` shows it */
      plugin_id: string;
    };
    result: {
      msg: string;
      plugin: Plugin;
    };
  };
  /** Change the text of a comment, if it is still the version that was read. */
  edit_comment: {
    params: {
      /** id of a comment on a pull request or on a changeset */
      comment_id: number;
      /** the new text */
      message: string;
      /** `comment_last_version` as it was read; 0 for what was never edited */
      version: number;
      /** repository administrators only; without effect, the author stays */
      userid?: number | string | null;
    };
    result: {
      comment?: Comment;
      version: number;
    };
  };
  /** Add reviewers to a pull request and remove others. */
  edit_reviewers: {
    params: {
      /** id of the pull request */
      pull_request_id: number;
      /** user ids or names, or one of them */
      add?: unknown[] | null;
      /** user ids or names, or one of them */
      remove?: unknown[] | null;
    };
    result: {
      added: string[];
      already_present: string[];
      removed: string[];
    };
  };
  /** Start a plugin in every process, also one that was paused or has failed. */
  enable_plugin: {
    params: {
      /** id of the plugin, as `get_plugins` shows it */
      plugin_id: string;
    };
    result: {
      msg: string;
      plugin: Plugin;
    };
  };
  /** Erase the content of an event, or of all events about a person, from the logs, as a job. */
  expunge_events: {
    params: {
      /** this event */
      event_id?: number | null;
      /** all events that this user caused, and those that name him */
      userid?: number | string | null;
      /** false: answers at once with `job_id`, see `get_job` */
      wait?: boolean | null;
    };
    result: {
      msg: string;
      expunged?: number;
      job_id?: number;
    };
  };
  /** Be among the followers of a repository. */
  follow_repo: {
    params: {
      /** repository id or full name */
      repoid: number | string;
    };
    result: {
      msg: string;
      success: true;
    };
  };
  /** Fork a repository. */
  fork_repo: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** full name of the fork */
      fork_name: string;
      /** user id or name; super admins only, the caller when omitted */
      owner?: number | string | null;
      /** the last part of the name when empty */
      description?: string | null;
      /** take over the rights of the source */
      copy_permissions?: boolean | null;
      private?: boolean | null;
      /** `type:name`; types are rev, branch, tag and book (`rev:tip`) */
      landing_rev?: string | null;
      /** false: answers at once with `job_id`, see `get_job`; true: waits as long as the call may take */
      wait?: boolean | null;
    };
    result: {
      msg: string;
      success: true;
      job_id?: number;
    };
  };
  /** List API keys with their last use, never the keys. */
  get_api_keys: {
    params: {
      /** whose keys; the caller when omitted, others by super admins only */
      userid?: number | string | null;
    };
    result: ApiKey[];
  };
  /** Show a changeset with the files that it touches, on request with its review and comments. */
  get_changeset: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** full or abbreviated id, branch, tag, bookmark, `tip`, or number (negative ones count from the end) */
      raw_id: number | string;
      /** adds `reviews`: the vote that counts, if there is one */
      with_reviews?: boolean | null;
      /** adds `comments` on the changeset as a whole */
      with_comments?: boolean | null;
      /** adds `inline_comments`: `[path, {line: [comment, ...]}]`, lines as `n12` or `o12` */
      with_inline_comments?: boolean | null;
    };
    result: ChangesetDetails;
  };
  /** List changesets, oldest first: all of them, or those between bounds, of a time or of a branch. */
  get_changesets: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** first changeset, inclusive: full or abbreviated id, branch, tag, bookmark, `tip`, or number (negative ones count from the end) */
      start?: number | string | null;
      /** last changeset, inclusive */
      end?: number | string | null;
      /** `YYYY-MM-DDTHH:MM:SS` in server time, inclusive */
      start_date?: string | null;
      /** `YYYY-MM-DDTHH:MM:SS` in server time, inclusive */
      end_date?: string | null;
      /** git: what is reachable from this branch; hg: what was committed on this named branch */
      branch_name?: string | null;
      /** newest first; oldest first when false */
      reverse?: boolean | null;
      /** adds `added`, `changed` and `removed` */
      with_file_list?: boolean | null;
      /** only so many, the newest of what was chosen; 0: all */
      max_revisions?: number | null;
      /** length of a page; everything when omitted */
      limit?: number | null;
      /** `raw_id` of the last changeset of the page before */
      cursor?: string | null;
    };
    result: ListedChangeset[];
  };
  /** Show a comment on a pull request or on a changeset. */
  get_comment: {
    params: {
      /** id of a comment on a pull request or on a changeset */
      comment_id: number;
    };
    result: Comment;
  };
  /** List deliveries, the newest first, page by page. */
  get_deliveries: {
    params: {
      /** only those of this webhook */
      webhook_id?: number | null;
      /** only those of the webhooks of this repository */
      repoid?: number | string | null;
      /** only those of the webhooks of this repository group */
      repogroupid?: number | string | null;
      /** only those of this event */
      event_id?: number | null;
      /** only those whose event is about this repository */
      event_repoid?: number | string | null;
      /** only events of this type, with `*` as wildcard */
      event_type?: string | null;
      /** only those in this state */
      state?: "pending" | "leased" | "held" | "delivered" | "failed" | "gone" | "rejected" | "blocked" | "cancelled" | "skipped" | null;
      /** ISO 8601, `2026-03-05T16:40:02Z`; without a zone: server time */
      since?: string | null;
      /** ISO 8601, `2026-03-05T16:40:02Z`; without a zone: server time */
      until?: string | null;
      /** how many at most */
      limit?: number | null;
      /** `next` of the page before */
      cursor?: number | null;
    };
    result: {
      deliveries: Delivery[];
      next: number | null;
    };
  };
  /** Show a delivery with its payload and every attempt. */
  get_delivery: {
    params: {
      /** id as `get_deliveries` shows it */
      delivery_id: number;
    };
    result: DeliveryDetails;
  };
  /** Show a type of event with its JSON Schema and an example. */
  get_event_type: {
    params: {
      /** as `get_event_types` lists it */
      event_type: string;
    };
    result: EventTypeDetails;
  };
  /** List the types of events. */
  get_event_types: {
    params: Record<string, never>;
    result: EventType[];
  };
  /** Read the event log, oldest first, from a cursor on; on request wait for what comes. */
  get_events: {
    params: {
      /** `cursor` of the page before; `now`: what comes from now on; without: all */
      cursor?: string | null;
      /** event types, with `*` as wildcard */
      event_types?: string[] | null;
      /** only events about this repository */
      repoid?: number | string | null;
      /** ISO 8601; only events that happened then or later */
      since?: string | null;
      /** how many at most */
      limit?: number | null;
      /** seconds to wait for an event when there is none */
      wait_s?: number | null;
    };
    result: {
      events: Event[];
      cursor: string;
    };
  };
  /** Show a gist, on request with the content of its files. */
  get_gist: {
    params: {
      /** gist id or access id */
      gistid: number | string;
      /** adds `content`: `{"<file name>": "<text>"}` */
      content?: boolean | null;
    };
    result: GistDetails;
  };
  /** List the gists of a user that have not expired, newest first. */
  get_gists: {
    params: {
      /** owner, by user id or name; the caller when omitted. Of others only `public` ones can be listed */
      userid?: number | string | null;
      /** only gists of this type */
      gist_type?: "public" | "private" | null;
      /** length of a page; everything when omitted */
      limit?: number | null;
      /** `gist_id` of the last gist of the page before */
      cursor?: number | null;
    };
    result: Gist[];
  };
  /** List the stored global permissions of users and user groups; what counts for one user, `get_user_permissions` shows. */
  get_global_permissions: {
    params: {
      /** only those of this user, by id or name; `default` for what everybody has */
      userid?: number | string | null;
      /** only those of this user group, by id or name */
      usergroupid?: number | string | null;
      /** at most so many; all when omitted */
      limit?: number | null;
      /** only those after this `permission_id`: the last of the page before */
      cursor?: number | null;
    };
    result: GlobalPermission[];
  };
  /** Show the caller's address as the gateway sees it, and the networks a user is limited to. */
  get_ip: {
    params: {
      /** user whose allowed addresses are listed; the caller when omitted */
      userid?: number | string | null;
    };
    result: {
      server_ip_addr: string;
      user_ips: UserNetwork[];
    };
  };
  /** Show how far a job of oneself is (super admins: of anyone), or how it ended. */
  get_job: {
    params: {
      /** id as `get_jobs` shows it */
      job_id: number;
    };
    result: Job;
  };
  /** List the jobs of oneself (super admins: all), the newest first. */
  get_jobs: {
    params: {
      /** only those in this state */
      state?: "pending" | "running" | "succeeded" | "failed" | "cancelled" | null;
      /** only those of this kind, e.g. `fork_repo` */
      kind?: string | null;
      /** only those of this repository, by id or by the name that it had then */
      repoid?: number | string | null;
      /** only those of this repository group, by id or by the name that it had then */
      repogroupid?: number | string | null;
      /** how many at most */
      limit?: number | null;
      /** `next` of the page before */
      cursor?: number | null;
    };
    result: {
      jobs: Job[];
      next: number | null;
    };
  };
  /** List the locked repositories that the caller may read, by name. */
  get_locks: {
    params: {
      /** how many at most; all when omitted */
      limit?: number | null;
      /** only what comes after this name: the last `repo_name` of the page before */
      cursor?: string | null;
      /** only what this user holds, by user id or name; others than oneself: super admins only */
      userid?: number | string | null;
    };
    result: LockedRepo[];
  };
  /** List methods by name; when it is only one, its arguments as well. */
  get_method: {
    params: {
      /** names of methods; `*` stands for any characters */
      pattern?: string[] | null;
    };
    result: (string | Record<string, string>)[];
  };
  /** Show one plugin with its settings; secrets are masked. */
  get_plugin: {
    params: {
      /** id of the plugin, as `get_plugins` shows it */
      plugin_id: string;
    };
    result: {
      plugin: Plugin;
      config: Record<string, unknown>;
      config_schema: Record<string, unknown>;
    };
  };
  /** List the plugins that were found, with their state and why one does not run. */
  get_plugins: {
    params: Record<string, never>;
    result: Plugin[];
  };
  /** Show a pull request, on request with what stands in the way of a merge. */
  get_pull_request: {
    params: {
      /** id of the pull request */
      pullrequestid: number;
      /** target repository; refused when the pull request has another one */
      repoid?: number | string | null;
      /** find out whether it could be merged now, with the reasons */
      merge_state?: boolean | null;
    };
    result: PullRequestOverview;
  };
  /** List the comments of a pull request, those on lines first. */
  get_pull_request_comments: {
    params: {
      /** id of the pull request */
      pullrequestid: number;
      /** target repository; refused when the pull request has another one */
      repoid?: number | string | null;
      /** at most so many */
      limit?: number | null;
      /** the last comment_id of the page before */
      cursor?: number | null;
    };
    result: Comment[];
  };
  /** Show what a pull request changes: its files, and the difference in git format. */
  get_pull_request_diff: {
    params: {
      /** id of the pull request */
      pullrequestid: number;
      /** target repository; refused when the pull request has another one */
      repoid?: number | string | null;
      /** unchanged lines around a change */
      context?: number | null;
    };
    result: PullRequestDiff;
  };
  /** List the pull requests that target a repository, the newest first. */
  get_pull_requests: {
    params: {
      /** target repository, by id or full name */
      repoid: number | string;
      /** `open` is a name that RhodeCode knows and never uses */
      status?: "new" | "open" | "closed" | "all" | null;
      /** accepted for older clients, without effect: ask get_pull_request for one of them */
      merge_state?: boolean | null;
      /** only those of this author, by id or name */
      author?: number | string | null;
      /** only those that this user shall review, by id or name */
      reviewer?: number | string | null;
      /** at most so many, the newest first */
      limit?: number | null;
      /** the last id of the page before */
      cursor?: number | null;
    };
    result: PullRequestOverview[];
  };
  /** Show a pull request with its reviewers, comments and votes. */
  get_pullrequest: {
    params: {
      /** id of the pull request */
      pullrequest_id: number;
    };
    result: PullRequest;
  };
  /** Show a repository with its members and followers. */
  get_repo: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** adds `tags`, `branches` and `bookmarks` */
      with_revision_names?: boolean | null;
      /** adds `pull_requests` that target the repository */
      with_pullrequests?: boolean | null;
    };
    result: RepoDetails;
  };
  /** Show a changeset with its parents, on request with the files that it changes and their patches. */
  get_repo_changeset: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** full or abbreviated id, branch, tag, bookmark, `tip`, or number */
      revision: number | string;
      /** `extended` adds the names of changed files to `diff`, `full` their patches and `refs` too */
      details?: "basic" | "extended" | "full" | null;
    };
    result: RepoChangeset;
  };
  /** List changesets from one towards the newest, oldest first. */
  get_repo_changesets: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** where to begin, inclusive: full or abbreviated id, branch, tag, bookmark, `tip`, or number */
      start_rev: number | string;
      /** how many, from `start_rev` towards the newest; -1: all */
      limit: number;
      /** `extended` adds the names of changed files to `diff`, `full` their patches and `refs` too */
      details?: "basic" | "extended" | "full" | null;
    };
    result: RepoChangeset[];
  };
  /** List the comments on changesets of a repository and on pull requests that target it, oldest first. */
  get_repo_comments: {
    params: {
      /** repository id or full name; of pull requests, the target */
      repoid: number | string;
      /** only those on this changeset, by its full id */
      commit_id?: string | null;
      comment_type?: "note" | "todo" | null;
      /** only those of this user, by id or name */
      userid?: number | string | null;
      /** at most so many */
      limit?: number | null;
      /** the last comment_id of the page before */
      cursor?: number | null;
    };
    result: Comment[];
  };
  /** List the extra fields of a repository with their labels, whether they are shown or not. */
  get_repo_extra_fields: {
    params: {
      /** repository id or full name */
      repoid: number | string;
    };
    result: ExtraField[];
  };
  /** Show a file of a revision, on request with its content. */
  get_repo_file: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** full or abbreviated id, branch, tag, bookmark, `tip`, or number (negative ones count from the end) */
      commit_id: number | string;
      /** full path of a file */
      file_path: string;
      /** the content of larger files is null */
      max_file_bytes?: number | null;
      /** `basic` adds `md5`, `size` and the like, `full` adds `content` and `lines` too */
      details?: "minimal" | "minimal+search" | "basic" | "full" | null;
      /** of `content`: as text, where it is null for binary files, or every byte in base64 */
      encoding?: "text" | "base64" | null;
      /** accepted for older clients, without effect: commits never change */
      cache?: boolean | null;
    };
    result: RepoFile | null;
  };
  /** List all files of a revision with their checksums, for an indexer. */
  get_repo_fts_tree: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** full or abbreviated id, branch, tag, bookmark, `tip`, or number (negative ones count from the end) */
      commit_id: number | string;
      /** directory to begin below; `""` or `/` is the root */
      root_path: string;
    };
    result: ({
      name: string;
      md5: string | null;
      extension: string;
      binary: boolean | null;
      size: number;
    })[];
  };
  /** Show a repository group with its members. */
  get_repo_group: {
    params: {
      /** repository group id or full name */
      repogroupid: number | string;
    };
    result: RepoGroupDetails;
  };
  /** List the repository groups that the caller may read, by full name. */
  get_repo_groups: {
    params: {
      /** at most so many; all when omitted */
      limit?: number | null;
      /** only groups whose full name comes after this one: the last of the page before */
      cursor?: string | null;
    };
    result: RepoGroup[];
  };
  /** List directories and files of a revision, with all below them. */
  get_repo_nodes: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** full or abbreviated id, branch, tag, bookmark, `tip`, or number (negative ones count from the end) */
      revision: number | string;
      /** directory to begin below; `""` or `/` is the root */
      root_path: string;
      /** `all`, `dirs` or `files` */
      ret_type?: string | null;
      /** `basic` adds `md5`, `size`, `lines` and the like to files, `full` adds `content` too */
      details?: "minimal" | "basic" | "full" | null;
      /** the content of larger files is null */
      max_file_bytes?: number | null;
    };
    result: RepoNode[];
  };
  /** List branches, closed branches, tags and bookmarks of a repository, each with its commit. */
  get_repo_refs: {
    params: {
      /** repository id or full name */
      repoid: number | string;
    };
    result: RepoRefs;
  };
  /** Show how the gateway merges and serves a repository, in words of RhodeCode. */
  get_repo_settings: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** only the value of this one, null when there is none */
      key?: string | null;
    };
    result: Record<string, boolean> | boolean | null;
  };
  /** Show how often was pushed, commented and merged, day by day. Of the plugin repo-stats. */
  get_repo_stats: {
    params: {
      /** name or id */
      repoid: number | string;
      /** the newest ones */
      days?: number;
    };
    result: {
      repo_name: string;
      days: ({
        /** UTC */
        day: string;
        counts: Record<string, number>;
      })[];
    };
  };
  /** List the repositories that the caller may read, by name. */
  get_repos: {
    params: {
      /** how many at most; all when omitted */
      limit?: number | null;
      /** only what comes after this name: the last `repo_name` of the page before */
      cursor?: string | null;
      /** only full names like this, whatever their case; `*` stands for any characters: `tools/*` */
      name?: string | null;
      repo_type?: "git" | "hg" | null;
      /** only repositories in this repository group, by id or full name */
      group?: number | string | null;
      /** also in the groups below `group`; false without a group: only at the top level */
      traverse?: boolean | null;
      /** only those of this owner, by user id or name */
      owner?: number | string | null;
      /** only forks of this repository, by id or full name */
      fork_of?: number | string | null;
    };
    result: Repo[];
  };
  /** Show versions of the gateway, its libraries and the version-control programs. */
  get_server_info: {
    params: Record<string, never>;
    result: {
      modules: string[][];
      py_version: string;
      platform: string;
      kallithea_version: string;
      git_version: string;
      git_path: string;
      hg_version: string;
      forgegate_version: string;
    };
  };
  /** Show the settings that are changed while the gateway runs. */
  get_settings: {
    params: Record<string, never>;
    result: GatewaySettings;
  };
  /** Show a user with his effective permissions. */
  get_user: {
    params: {
      /** user id or name; the caller when omitted */
      userid?: number | string | null;
    };
    result: UserDetails;
  };
  /** Show a user group with its members. */
  get_user_group: {
    params: {
      /** user group id or name */
      usergroupid: number | string;
      /** also `permissions`: who has which right on the group */
      with_permissions?: boolean | null;
    };
    result: UserGroupDetails;
  };
  /** List the user groups that the caller may read; all, or page by page with `limit` and `cursor`. */
  get_user_groups: {
    params: {
      /** only active or only inactive groups; all when omitted */
      active?: boolean | null;
      /** how many at most; all when omitted */
      limit?: number | null;
      /** with `limit`: the last `users_group_id` of the page before */
      cursor?: number | null;
    };
    result: UserGroup[];
  };
  /** List the repositories that a user holds locked, as far as the caller may read them. */
  get_user_locks: {
    params: {
      /** how many at most; all when omitted */
      limit?: number | null;
      /** only what comes after this name: the last `repo_name` of the page before */
      cursor?: string | null;
      /** only what this user holds, by user id or name; others than oneself: super admins only */
      userid?: number | string | null;
    };
    result: LockedRepo[];
  };
  /** List the rights of a user, an object an entry, each with where it comes from. */
  get_user_permissions: {
    params: {
      /** user id or name; the caller when omitted */
      userid?: number | string | null;
      /** only rights on objects of this type */
      object_type?: "global" | "repo" | "repo_group" | "user_group" | null;
      /** how many objects at most; all when omitted */
      limit?: number | null;
      /** `next` of the page before */
      cursor?: string | null;
    };
    result: {
      user_id: number;
      username: string;
      permissions: OriginOfRight[];
      next: string | null;
    };
  };
  /** List users by name, without `default`; all of them, or page by page with `limit` and `cursor`. */
  get_users: {
    params: {
      /** only active or only inactive users; all when omitted */
      active?: boolean | null;
      /** how many at most; all when omitted */
      limit?: number | null;
      /** with `limit`: the last `username` of the page before */
      cursor?: string | null;
    };
    result: User[];
  };
  /** Show a webhook, its secrets masked. */
  get_webhook: {
    params: {
      /** id as `create_webhook` answered it */
      webhook_id: number;
    };
    result: WebhookDetails;
  };
  /** List the keys that sign deliveries now, newest first, with their public halves. */
  get_webhook_keys: {
    params: {
      /** id as `create_webhook` answered it */
      webhook_id: number;
    };
    result: WebhookKey[];
  };
  /** List webhooks, page by page. */
  get_webhooks: {
    params: {
      /** only those of this repository */
      repoid?: number | string | null;
      /** only those of this repository group */
      repogroupid?: number | string | null;
      /** how many at most */
      limit?: number | null;
      /** `next` of the page before */
      cursor?: number | null;
    };
    result: {
      webhooks: Webhook[];
      next: number | null;
    };
  };
  /** Give a user, a user group or everybody (`default`) a global permission, in place of the other one of its kind; the highest of all that reach a user counts. */
  grant_global_permission: {
    params: {
      /** hg.create.none|repository, hg.fork.none|repository, hg.usergroup.create.false|true; of `default` also hg.register.*, hg.extern_activate.*, and what new objects give everybody: repository.*, group.*, usergroup.* */
      perm: string;
      /** user id or name; `default` for everybody; give this or `usergroupid` */
      userid?: number | string | null;
      /** user group id or name */
      usergroupid?: number | string | null;
    };
    result: {
      msg: string;
      success: true;
    };
  };
  /** Give the members of a user group a level on a repository, in place of the one it had. */
  grant_user_group_permission: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** user group id or name */
      usergroupid: number | string;
      /** repository.none, repository.read, repository.write or repository.admin */
      perm: string;
    };
    result: {
      msg: string;
      success: true;
    };
  };
  /** Give the members of a user group a level on a repository group; on request on all below it. */
  grant_user_group_permission_to_repo_group: {
    params: {
      /** repository group id or full name */
      repogroupid: number | string;
      /** user group id or name */
      usergroupid: number | string;
      /** group.none, group.read, group.write or group.admin */
      perm: string;
      /** also on all repositories (as `repository.*`), on all groups or on both below it, at any depth; private repositories are left out when the user is `default` */
      apply_to_children?: "none" | "repos" | "groups" | "all" | null;
    };
    result: {
      msg: string;
      success: true;
    };
  };
  /** Give the members of a user group a level on another one. */
  grant_user_group_permission_to_user_group: {
    params: {
      /** id or name of the user group that the right is on */
      usergroupid: number | string;
      /** id or name of the user group whose members have it */
      sourceusergroupid: number | string;
      /** usergroup.none, usergroup.read, usergroup.write or usergroup.admin */
      perm: string;
    };
    result: {
      msg: string;
      success: true;
    };
  };
  /** Give a user a level on a repository, in place of the one he had. */
  grant_user_permission: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** user id or name; `default` for what everybody has */
      userid: number | string;
      /** repository.none, repository.read, repository.write or repository.admin */
      perm: string;
    };
    result: {
      msg: string;
      success: true;
    };
  };
  /** Give a user a level on a repository group, in place of the one he had; on request on all below it. */
  grant_user_permission_to_repo_group: {
    params: {
      /** repository group id or full name */
      repogroupid: number | string;
      /** user id or name; `default` for what everybody has */
      userid: number | string;
      /** group.none, group.read, group.write or group.admin */
      perm: string;
      /** also on all repositories (as `repository.*`), on all groups or on both below it, at any depth; private repositories are left out when the user is `default` */
      apply_to_children?: "none" | "repos" | "groups" | "all" | null;
    };
    result: {
      msg: string;
      success: true;
    };
  };
  /** Give a user a level on a user group, in place of the one he had. */
  grant_user_permission_to_user_group: {
    params: {
      /** user group id or name */
      usergroupid: number | string;
      /** user id or name; `default` for what everybody has */
      userid: number | string;
      /** usergroup.none, usergroup.read, usergroup.write or usergroup.admin */
      perm: string;
    };
    result: {
      msg: string;
      success: true;
    };
  };
  /** Look at a repository again, and refresh its `last_changeset`. */
  invalidate_cache: {
    params: {
      /** repository id or full name */
      repoid: number | string;
    };
    result: {
      msg: string;
      repository: string;
    };
  };
  /** Show, set or take away the lock of a repository: while it stands, only its holder may push. */
  lock: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** whether to lock or to unlock; when omitted, the state is shown */
      locked?: boolean | null;
      /** user id or name of the one it is locked for; super admins only, the caller when omitted */
      userid?: number | string | null;
    };
    result: RepoLock;
  };
  /** Merge a pull request into its target and close it. */
  merge_pull_request: {
    params: {
      /** id of the pull request */
      pullrequestid: number;
      /** target repository; refused when the pull request has another one */
      repoid?: number | string | null;
      /** user id or name to act for; administrators of the target only */
      userid?: number | string | null;
    };
    result: {
      executed: boolean;
      possible: boolean;
      failure_reason: number;
      merge_status_message: string;
      merge_commit_id: string;
      merge_ref: {
        type: string;
        name: string;
        commit_id: string;
      };
    };
  };
  /** Send a test event to one webhook, under the rules of real deliveries. */
  ping_webhook: {
    params: {
      /** id as `create_webhook` answered it */
      webhook_id: number;
    };
    result: {
      msg: string;
      event_id: number;
    };
  };
  /** Fetch everything from the remote of a repository. */
  pull: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** http(s) address; the stored one, then the fork parent, when omitted */
      clone_uri?: string | null;
      /** false: answers at once with `job_id`, see `get_job`; true: waits as long as the call may take */
      wait?: boolean | null;
    };
    result: {
      msg: string;
      repository: string;
      job_id?: number;
    };
  };
  /** Send a part of the delivery log again, as a job. */
  recover_deliveries: {
    params: {
      /** only those of this webhook */
      webhook_id?: number | null;
      /** only those of the webhooks of this repository */
      repoid?: number | string | null;
      /** only those of the webhooks of this repository group */
      repogroupid?: number | string | null;
      /** states to send again, of failed, rejected, gone, blocked, cancelled, delivered, skipped */
      state?: string[] | null;
      /** only events of this type, with `*` as wildcard */
      event_type?: string | null;
      /** ISO 8601, `2026-03-05T16:40:02Z`; without a zone: server time */
      since?: string | null;
      /** ISO 8601, `2026-03-05T16:40:02Z`; without a zone: server time */
      until?: string | null;
      /** false: answers at once with `job_id`, see `get_job` */
      wait?: boolean | null;
    };
    result: {
      msg: string;
      recovered?: number;
      job_id?: number;
    };
  };
  /** Send a finished delivery again, under the same `webhook-id`. */
  redeliver: {
    params: {
      /** id as `get_deliveries` shows it */
      delivery_id: number;
    };
    result: {
      msg: string;
      delivery: Delivery;
    };
  };
  /** End a membership in a user group; `success` is false when there was none. */
  remove_user_from_user_group: {
    params: {
      /** user group id or name */
      usergroupid: number | string;
      /** user id or name */
      userid: number | string;
    };
    result: {
      msg: string;
      success: boolean;
    };
  };
  /** Open a pull request again that was closed without a merge. */
  reopen_pull_request: {
    params: {
      /** id of the pull request */
      pullrequestid: number;
      /** target repository; refused when the pull request has another one */
      repoid?: number | string | null;
    };
    result: {
      pull_request_id: number;
      status: string;
    };
  };
  /** Adopt repositories found on disk; on request forget those that are gone. */
  rescan_repos: {
    params: {
      /** delete repositories that are in the database but not on disk */
      remove_obsolete?: boolean | null;
      /** false: answers at once with `job_id`, see `get_job`; true: waits as long as the call may take */
      wait?: boolean | null;
    };
    result: {
      added: string[];
      removed: string[];
      job_id?: number;
    };
  };
  /** Take a stored global permission away. */
  revoke_global_permission: {
    params: {
      /** hg.create.none|repository, hg.fork.none|repository, hg.usergroup.create.false|true; of `default` also hg.register.*, hg.extern_activate.*, and what new objects give everybody: repository.*, group.*, usergroup.* */
      perm: string;
      /** user id or name; `default` for everybody; give this or `usergroupid` */
      userid?: number | string | null;
      /** user group id or name */
      usergroupid?: number | string | null;
    };
    result: {
      msg: string;
      success: true;
    };
  };
  /** Take a user group's level on a repository away. */
  revoke_user_group_permission: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** user group id or name */
      usergroupid: number | string;
    };
    result: {
      msg: string;
      success: true;
    };
  };
  /** Take a user group's level on a repository group away; on request on all below it. */
  revoke_user_group_permission_from_repo_group: {
    params: {
      /** repository group id or full name */
      repogroupid: number | string;
      /** user group id or name */
      usergroupid: number | string;
      /** also on all repositories (as `repository.*`), on all groups or on both below it, at any depth; private repositories are left out when the user is `default` */
      apply_to_children?: "none" | "repos" | "groups" | "all" | null;
    };
    result: {
      msg: string;
      success: true;
    };
  };
  /** Take the level of a user group on another one away. */
  revoke_user_group_permission_from_user_group: {
    params: {
      /** id or name of the user group that the right is on */
      usergroupid: number | string;
      /** id or name of the user group whose members have it */
      sourceusergroupid: number | string;
    };
    result: {
      msg: string;
      success: true;
    };
  };
  /** Take a user's own level on a repository away. */
  revoke_user_permission: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** user id or name; `default` for what everybody has */
      userid: number | string;
    };
    result: {
      msg: string;
      success: true;
    };
  };
  /** Take a user's own level on a repository group away; on request on all below it. */
  revoke_user_permission_from_repo_group: {
    params: {
      /** repository group id or full name */
      repogroupid: number | string;
      /** user id or name; `default` for what everybody has */
      userid: number | string;
      /** also on all repositories (as `repository.*`), on all groups or on both below it, at any depth; private repositories are left out when the user is `default` */
      apply_to_children?: "none" | "repos" | "groups" | "all" | null;
    };
    result: {
      msg: string;
      success: true;
    };
  };
  /** Take a user's own level on a user group away. */
  revoke_user_permission_from_user_group: {
    params: {
      /** user group id or name */
      usergroupid: number | string;
      /** user id or name; `default` for what everybody has */
      userid: number | string;
    };
    result: {
      msg: string;
      success: true;
    };
  };
  /** Put a new API key in the place of an old one, with the same limits; it is shown only here. */
  rotate_api_key: {
    params: {
      /** id as `get_api_keys` shows it */
      api_key_id: number;
      /** minutes that the old key keeps working, at most 7 days; it stops at once when omitted */
      overlap?: number | null;
    };
    result: {
      msg: string;
      api_key: string;
      api_key_id: number;
      user: string;
      prefix: string;
      description: string;
      dialect: string | null;
      scopes: string[] | null;
      ips: string[] | null;
      /** naive local time */
      created_on: string;
      /** Unix seconds, -1 = never */
      expires: number;
      last_used_at: string | null;
      last_used_ip: string | null;
      replaced_by: number | null;
      previous: ApiKey;
    };
  };
  /** Sign with a new key, and for a while with those before it as well; a secret is shown only here. */
  rotate_webhook_secret: {
    params: {
      /** id as `create_webhook` answered it */
      webhook_id: number;
      /** `v1`: with a shared secret; `v1a`: ed25519, verified with a public key */
      signature?: "v1" | "v1a" | null;
      /** seconds during which the keys before it sign as well; 0: they end at once */
      overlap?: number | null;
    };
    result: {
      msg: string;
      key_id: string;
      signature: "v1" | "v1a";
      public_key: string | null;
      /** naive local time */
      created_on: string;
      expires_on: string | null;
      secret: string | null;
    };
  };
  /** Set the review status of a changeset. */
  set_changeset_status: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** full or abbreviated id, branch, tag, bookmark, `tip`, or number (negative ones count from the end) */
      raw_id: number | string;
      status: "not_reviewed" | "under_review" | "approved" | "rejected";
    };
    result: {
      msg: string;
      status: ChangesetStatus;
      success: boolean;
    };
  };
  /** Send an event that did not happen to one webhook, under the rules of real deliveries. */
  simulate_event: {
    params: {
      /** id as `create_webhook` answered it */
      webhook_id: number;
      /** as `get_event_types` lists it */
      event_type: string;
      /** members of `data` in place of those of the example */
      data?: Record<string, unknown> | null;
    };
    result: {
      msg: string;
      event_id: number;
    };
  };
  /** Ask a policy of a plugin about past pushes, merges, creations and deletions, without consequence. */
  simulate_policy: {
    params: {
      /** id of the plugin, as `get_plugins` shows it */
      plugin_id: string;
      /** name of the policy, where the plugin has several */
      policy?: string | null;
      /** on what happened to this repository; without it: on everything */
      repoid?: number | string | null;
      /** how many events, the newest */
      limit?: number | null;
    };
    result: {
      policy: string;
      asked: number;
      refused: number;
      decisions: ({
        event_id: number;
        timestamp: string;
        action: "push" | "merge" | "create" | "delete";
        repo_name: string;
        username: string;
        allowed: boolean;
        failed: boolean;
        reason: string | null;
      })[];
    };
  };
  /** Answer the argument `args` as it is. */
  test: {
    params: {
      /** any JSON value */
      args: unknown;
    };
    result: unknown;
  };
  /** Try a filter on past events, and say of each whether it would be sent and why not. */
  test_webhook_filter: {
    params: {
      /** `branches`, `paths`, `actors` (globs, `!` excludes) and `body` (conditions); all must hold */
      filter: Record<string, unknown>;
      /** event types, with `*` as wildcard: `pull_request.*` */
      event_types?: string[] | null;
      /** on events of this repository */
      repoid?: number | string | null;
      /** on events of repositories in this group; with neither: on everything */
      repogroupid?: number | string | null;
      /** how many events, the newest */
      limit?: number | null;
    };
    result: {
      matched: number;
      skipped: number;
      events: ({
        event_id: number;
        event_type: string;
        timestamp: string;
        matches: boolean;
        reason: string | null;
      })[];
    };
  };
  /** Be no longer among the followers of a repository. */
  unfollow_repo: {
    params: {
      /** repository id or full name */
      repoid: number | string;
    };
    result: {
      msg: string;
      success: true;
    };
  };
  /** Change what is given of a gist: files, description, lifetime. */
  update_gist: {
    params: {
      /** gist id or access id */
      gistid: number | string;
      /** files to add or to write anew, as for `create_gist`; null removes one; others stay */
      files?: Record<string, unknown> | null;
      description?: string | null;
      /** minutes from now; -1: for ever; 0: as it is */
      lifetime?: number | null;
    };
    result: {
      msg: string;
      gist: Gist;
    };
  };
  /** Change title, description and reviewers, and take over new commits of the source branch. */
  update_pull_request: {
    params: {
      /** id of the pull request */
      pullrequestid: number;
      /** target repository; refused when the pull request has another one */
      repoid?: number | string | null;
      /** empty: stays as it is */
      title?: string | null;
      /** empty: stays as it is */
      description?: string | null;
      /** accepted for older clients, without effect: texts are kept as they are written */
      description_renderer?: string | null;
      /** all reviewers from now on: user ids or names, or objects with `username`; empty: stay as they are */
      reviewers?: unknown[] | null;
      /** accepted for older clients, without effect: there are reviewers only */
      observers?: unknown[] | null;
      /** take over what the source branch has now */
      update_commits?: boolean | null;
    };
    result: {
      msg: string;
      pull_request: PullRequestOverview;
      updated_commits: {
        added: string[];
        removed: string[];
        common: string[];
        total?: string[];
      };
      updated_reviewers: {
        added: string[];
        removed: string[];
      };
      updated_observers: {
        added: string[];
        removed: string[];
      };
    };
  };
  /** Change what is given of a repository; its name and group too. */
  update_repo: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** new last part of the name */
      name?: string | null;
      /** user id or name; super admins only */
      owner?: number | string | null;
      /** repository group to move to, by id or full name; `""` moves to the top */
      group?: number | string | null;
      description?: string | null;
      /** true also takes the right of the default user away */
      private?: boolean | null;
      /** `""` clears it; the masked form of the present one changes nothing */
      clone_uri?: string | null;
      /** `type:name`; types are rev, branch, tag and book (`rev:tip`) */
      landing_rev?: string | null;
      enable_statistics?: boolean | null;
      enable_downloads?: boolean | null;
      /** a writer's pull locks the repository, his push unlocks it */
      enable_locking?: boolean | null;
      /** values of extra fields that are there: `key=value,other=value`, a comma in a value as `\,` */
      fields?: string | null;
    };
    result: {
      msg: string;
      repository: Repo;
    };
  };
  /** Change what is given of an extra field. */
  update_repo_extra_field: {
    params: {
      /** repository id or full name */
      repoid: number | string;
      /** letters, digits, `_` and `-`; shown as `ex_<key>` */
      field_key: string;
      field_label?: string | null;
      field_desc?: string | null;
      field_value?: string | null;
    };
    result: {
      msg: string;
      success: true;
      field: ExtraField;
    };
  };
  /** Change what is given of a repository group; a new name or place takes everything below along, on disk too. */
  update_repo_group: {
    params: {
      /** repository group id or full name */
      repogroupid: number | string;
      /** new last part of the name, without `/` */
      group_name?: string | null;
      description?: string | null;
      /** user id or name; the new owner gets no rights by it */
      owner?: number | string | null;
      /** repository group to move to, by id or full name; `""` moves to the top */
      parent?: number | string | null;
      /** false: answers at once with the `job_id` of the move or deletion, see `get_job`; true: waits as long as the call may take */
      wait?: boolean | null;
    };
    result: {
      msg: string;
      repo_group: RepoGroup;
      job_id?: number;
    };
  };
  /** Change what is given of the settings, at once on all processes. */
  update_settings: {
    params: {
      /** whether the rights of `default` hold without a key; the `active` flag of that user */
      anonymous_access?: boolean | null;
      /** type of new repositories */
      default_repo_type?: "hg" | "git" | null;
      /** whether new repositories are private */
      default_repo_private?: boolean | null;
      /** whether archives of new repositories may be downloaded */
      default_repo_enable_downloads?: boolean | null;
      /** whether statistics of new repositories are shown */
      default_repo_enable_statistics?: boolean | null;
      /** whether extra fields of repositories are shown as `ex_<key>` */
      repository_fields?: boolean | null;
      /** clone addresses, made of {scheme} {user} {netloc} and {repo} or {repoid} */
      clone_uri_tmpl?: string | null;
    };
    result: {
      msg: string;
      settings: GatewaySettings;
    };
  };
  /** Change what is given of a user. */
  update_user: {
    params: {
      /** user id or name */
      userid: number | string;
      /** letters, digits and `_ . @ + -`; unique whatever its case */
      username?: string | null;
      /** unique whatever its case; an additional address moves up */
      email?: string | null;
      /** empty: no sign-in by password */
      password?: string | null;
      firstname?: string | null;
      lastname?: string | null;
      /** an inactive user cannot use his keys */
      active?: boolean | null;
      /** super admin */
      admin?: boolean | null;
      /** who vouches for the account, e.g. `ldap` */
      extern_type?: string | null;
      /** its name there, e.g. the LDAP distinguished name */
      extern_name?: string | null;
    };
    result: {
      msg: string;
      user: User;
    };
  };
  /** Change what is given of a user group. */
  update_user_group: {
    params: {
      /** user group id or name */
      usergroupid: number | string;
      /** letters, digits, blanks and `_ . @ + -`; unique whatever its case */
      group_name?: string | null;
      description?: string | null;
      /** user id or name, by super admins only; gives no right on the group */
      owner?: number | string | null;
      /** the rights of an inactive group reach nobody */
      active?: boolean | null;
    };
    result: {
      msg: string;
      user_group: UserGroup;
    };
  };
  /** Change what is given of a webhook. */
  update_webhook: {
    params: {
      /** id as `create_webhook` answered it */
      webhook_id: number;
      /** where deliveries go; adapters other than `webhook` may need none */
      url?: string | null;
      /** event types, with `*` as wildcard: `pull_request.*` */
      event_types?: string[] | null;
      recursive?: boolean | null;
      /** replaces the whole; a masked secret keeps its value */
      config?: Record<string, unknown> | null;
      description?: string | null;
      /** false: deliveries are held; true: see `held` */
      active?: boolean | null;
      /** with `active: true`, for what was held meanwhile: `all`, `none`, or the time since when it is sent */
      held?: string | null;
      /** deliveries that may be under way at once */
      max_in_flight?: number | null;
      /** attempts a minute at most */
      rate_per_minute?: number | null;
      /** seconds before attempt 2, 3, ...; `[]`: no second attempt */
      retry_schedule?: unknown[] | null;
      /** `strict`: one after the other; `repository`, `pull_request`: those of each; `none`: in any order */
      ordering?: "none" | "repository" | "pull_request" | "strict" | null;
      /** `branches`, `paths`, `actors` (globs, `!` excludes) and `body` (conditions); all must hold */
      filter?: Record<string, unknown> | null;
      /** keep what the filter leaves out in the delivery log, with the reason */
      record_skipped?: boolean | null;
    };
    result: {
      msg: string;
      webhook: Webhook;
    };
  };
}

/** Those that change nothing, so that they may be sent twice. */
export const READING_METHODS: ReadonlySet<string> = new Set([
  'get_api_keys',
  'get_changeset',
  'get_changesets',
  'get_comment',
  'get_deliveries',
  'get_delivery',
  'get_event_type',
  'get_event_types',
  'get_events',
  'get_gist',
  'get_gists',
  'get_global_permissions',
  'get_ip',
  'get_job',
  'get_jobs',
  'get_locks',
  'get_method',
  'get_plugin',
  'get_plugins',
  'get_pull_request',
  'get_pull_request_comments',
  'get_pull_request_diff',
  'get_pull_requests',
  'get_pullrequest',
  'get_repo',
  'get_repo_changeset',
  'get_repo_changesets',
  'get_repo_comments',
  'get_repo_extra_fields',
  'get_repo_file',
  'get_repo_fts_tree',
  'get_repo_group',
  'get_repo_groups',
  'get_repo_nodes',
  'get_repo_refs',
  'get_repo_settings',
  'get_repo_stats',
  'get_repos',
  'get_server_info',
  'get_settings',
  'get_user',
  'get_user_group',
  'get_user_groups',
  'get_user_locks',
  'get_user_permissions',
  'get_users',
  'get_webhook',
  'get_webhook_keys',
  'get_webhooks',
]);
