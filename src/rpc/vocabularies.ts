import type { Dialect } from '../config/settings.js';

/** The dialects that are a printed document each; the others are what servers do. */
export type PrintedDialect = Exclude<Dialect, 'kallithea' | 'rhodecode-4'>;

/** Method as printed -> its arguments as printed, in that order. */
export type Vocabulary = Readonly<Record<string, readonly string[]>>;

const USER = ['username', 'email', 'password', 'firstname', 'lastname', 'active', 'admin', 'ldap_dn'];

/** Without the switches for downloads, locking and statistics, which changed over the years. */
const NEW_REPO = ['repo_name', 'owner', 'repo_type', 'description', 'private', 'clone_uri', 'landing_rev'];
const FORK = ['repoid', 'fork_name', 'owner', 'description', 'copy_permissions', 'private', 'landing_rev'];

const COMMON: Vocabulary = {
  pull: ['repoid'],
  rescan_repos: ['remove_obsolete'],
  invalidate_cache: ['repoid'],
  get_user: ['userid'],
  get_users: [],
  create_user: USER,
  update_user: ['userid', ...USER],
  delete_user: ['userid'],
};

const REPOSITORIES: Vocabulary = {
  get_repos: [],
  get_repo_nodes: ['repoid', 'revision', 'root_path', 'ret_type'],
  fork_repo: FORK,
  delete_repo: ['repoid', 'forks'],
  grant_user_permission: ['repoid', 'userid', 'perm'],
  revoke_user_permission: ['repoid', 'userid'],
};

const LOCK: Vocabulary = { lock: ['repoid', 'userid', 'locked'] };

/** Every method of the four printed documents, spelled as there. Aliases lead from these names to today's. */
export const VOCABULARIES: Readonly<Record<PrintedDialect, Vocabulary>> = {
  'rhodecode-1.3': {
    pull: ['repo'],
    get_users: [],
    create_user: ['username', 'password', 'firstname', 'lastname', 'email', 'active', 'admin', 'ldap_dn'],
    get_users_groups: [],
    get_users_group: ['group_name'],
    create_users_group: ['name', 'active'],
    add_user_users_group: ['group_name', 'username'],
    get_repos: [],
    get_repo: ['name'],
    get_repo_nodes: ['repo_name', 'revision', 'root_path', 'ret_type'],
    create_repo: ['name', 'owner_name', 'description', 'repo_type', 'private'],
    add_user_to_repo: ['repo_name', 'username', 'perm'],
    add_users_group_to_repo: ['repo_name', 'group_name', 'perm'],
  },
  'kallithea-2014': {
    ...COMMON,
    ...LOCK,
    show_ip: ['userid'],
    get_users_group: ['usersgroupid'],
    get_users_groups: [],
    create_users_group: ['group_name', 'owner', 'active'],
    add_user_users_group: ['usersgroupid', 'userid'],
    remove_user_from_users_group: ['usersgroupid', 'userid'],
    get_repo: ['repoid'],
    ...REPOSITORIES,
    create_repo: [...NEW_REPO, 'enable_downloads', 'enable_locking', 'enable_statistics'],
    grant_users_group_permission: ['repoid', 'usersgroupid', 'perm'],
    revoke_users_group_permission: ['repoid', 'usersgroupid'],
  },
  // an excerpt, which ends at the head line of `get_user_group`
  'kallithea-2016': { ...COMMON, ...LOCK, get_ip: ['userid'], get_user_group: ['usergroupid'] },
  'kallithea-2019': {
    ...COMMON,
    get_ip: ['userid'],
    get_user_group: ['usergroupid'],
    get_user_groups: [],
    create_user_group: ['group_name', 'owner', 'active'],
    add_user_user_group: ['usersgroupid', 'userid'],
    remove_user_from_user_group: ['usersgroupid', 'userid'],
    get_repo: ['repoid', 'with_revision_names', 'with_pullrequests'],
    ...REPOSITORIES,
    create_repo: [...NEW_REPO, 'enable_downloads', 'enable_statistics'],
    update_repo: [
      'repoid',
      'name',
      'group',
      'owner',
      'description',
      'private',
      'clone_uri',
      'landing_rev',
      'enable_downloads',
      'enable_statistics',
    ],
    grant_user_group_permission: ['repoid', 'usersgroupid', 'perm'],
    revoke_user_group_permission: ['repoid', 'usersgroupid'],
    get_changesets: [
      'repoid',
      'start',
      'end',
      'start_date',
      'end_date',
      'branch_name',
      'reverse',
      'with_file_list',
    ],
    get_changeset: ['repoid', 'raw_id', 'with_reviews'],
    get_pullrequest: ['pullrequest_id'],
    comment_pullrequest: ['pull_request_id', 'comment_msg', 'status', 'close_pr'],
  },
};

const isPrinted = (dialect: Dialect): dialect is PrintedDialect => Object.hasOwn(VOCABULARIES, dialect);

/** What the document of a dialect calls the arguments of a method; empty where it has neither document nor method. */
export function printedArguments(dialect: Dialect, method: string): readonly string[] {
  if (!isPrinted(dialect)) return [];
  const vocabulary = VOCABULARIES[dialect];
  return Object.hasOwn(vocabulary, method) ? (vocabulary[method] ?? []) : [];
}
