import type { ObjectKind, Requirement } from '../../../src/rpc/requirement.js';

/**
 * What each method asks for, written down a second time (section 4.3 of the Kallithea facts, and interfaces.md for the
 * names that are newer), so that nobody opens a method by changing its declaration alone. `service`: its rows say it.
 */
export const GATES: Readonly<Record<string, string>> = {
  create_api_key: 'service',
  delete_api_key: 'service',
  get_api_keys: 'service',
  rotate_api_key: 'service',

  comment_changeset: 'repository.read repoid',
  get_changeset: 'repository.read repoid',
  get_changesets: 'repository.read repoid',
  get_repo_changeset: 'repository.read repoid',
  get_repo_changesets: 'repository.read repoid',
  set_changeset_status: 'repository.write repoid',

  delete_comment: 'service',
  edit_comment: 'service',
  get_comment: 'service',
  get_repo_comments: 'repository.read repoid',

  create_gist: 'authenticated',
  delete_gist: 'service',
  get_gist: 'service',
  get_gists: 'service',
  update_gist: 'service',

  cancel_job: 'authenticated',
  get_job: 'authenticated',
  get_jobs: 'authenticated',

  get_global_permissions: 'hg.admin',
  grant_global_permission: 'hg.admin',
  grant_user_group_permission: 'repository.admin repoid and usergroup.read usergroupid',
  grant_user_group_permission_to_repo_group: 'group.read repogroupid and service',
  grant_user_permission: 'hg.admin and repository.admin repoid',
  grant_user_permission_to_repo_group: 'group.admin repogroupid',
  revoke_global_permission: 'hg.admin',
  revoke_user_group_permission: 'repository.admin repoid and usergroup.read usergroupid',
  revoke_user_group_permission_from_repo_group: 'group.read repogroupid and service',
  revoke_user_permission: 'hg.admin and repository.admin repoid',
  revoke_user_permission_from_repo_group: 'group.admin repogroupid',

  close_pull_request: 'service',
  comment_pull_request: 'service',
  comment_pullrequest: 'service',
  create_pull_request: 'service',
  delete_pull_request: 'service',
  edit_reviewers: 'service',
  expunge_events: 'hg.admin',
  get_pull_request: 'service',
  get_pull_request_comments: 'service',
  get_pull_request_diff: 'service',
  get_pull_requests: 'repository.read repoid',
  get_pullrequest: 'service',
  merge_pull_request: 'service',
  reopen_pull_request: 'service',
  update_pull_request: 'service',

  create_repo_group: 'hg.admin',
  delete_repo_group: 'hg.admin and group.admin repogroupid',
  get_repo_group: 'group.read repogroupid',
  get_repo_groups: 'authenticated',
  update_repo_group: 'hg.admin and group.admin repogroupid',

  create_repo: 'service',
  create_repo_extra_field: 'repository.admin repoid',
  delete_repo: 'repository.admin repoid',
  delete_repo_extra_field: 'repository.admin repoid',
  follow_repo: 'repository.read repoid',
  fork_repo: 'hg.fork.repository and service',
  get_locks: 'authenticated',
  get_repo: 'repository.read repoid',
  get_repo_extra_fields: 'repository.admin repoid',
  get_repo_file: 'repository.read repoid',
  get_repo_fts_tree: 'repository.read repoid',
  get_repo_nodes: 'repository.read repoid',
  get_repo_refs: 'repository.read repoid',
  get_repo_settings: 'repository.admin repoid',
  get_repos: 'authenticated',
  get_user_locks: 'service',
  invalidate_cache: 'repository.write repoid',
  lock: 'repository.write repoid',
  pull: 'hg.admin and repository.read repoid',
  recover_deliveries: 'service',
  rescan_repos: 'hg.admin',
  unfollow_repo: 'repository.read repoid',
  update_repo: 'repository.admin repoid',
  update_repo_extra_field: 'repository.admin repoid',

  get_ip: 'hg.admin',
  get_method: 'hg.admin',
  get_server_info: 'hg.admin',
  configure_plugin: 'hg.admin',
  disable_plugin: 'hg.admin',
  enable_plugin: 'hg.admin',
  get_plugin: 'hg.admin',
  get_plugins: 'hg.admin',
  get_settings: 'hg.admin',
  simulate_policy: 'hg.admin',
  test: 'hg.admin',
  update_settings: 'hg.admin',

  add_user_to_user_group: 'service',
  create_user_group: 'hg.usergroup.create.true',
  delete_user_group: 'usergroup.admin usergroupid',
  get_user_group: 'usergroup.read usergroupid',
  get_user_groups: 'authenticated',
  grant_user_group_permission_to_user_group:
    'usergroup.admin usergroupid and usergroup.read sourceusergroupid',
  grant_user_permission_to_user_group: 'usergroup.admin usergroupid',
  remove_user_from_user_group: 'service',
  revoke_user_group_permission_from_user_group:
    'usergroup.admin usergroupid and usergroup.read sourceusergroupid',
  revoke_user_permission_from_user_group: 'usergroup.admin usergroupid',
  update_user_group: 'usergroup.admin usergroupid',

  add_user_email: 'service',
  add_user_ip: 'hg.admin',
  create_user: 'hg.admin',
  delete_user: 'hg.admin',
  delete_user_email: 'service',
  delete_user_ip: 'hg.admin',
  get_user: 'service',
  get_user_permissions: 'service',
  get_users: 'hg.admin',
  update_user: 'hg.admin',

  create_webhook: 'service',
  delete_webhook: 'service',
  get_deliveries: 'service',
  get_delivery: 'service',
  get_event_type: 'authenticated',
  get_event_types: 'authenticated',
  get_events: 'service',
  get_webhook: 'service',
  get_webhook_keys: 'service',
  get_webhooks: 'service',
  ping_webhook: 'service',
  redeliver: 'service',
  rotate_webhook_secret: 'service',
  simulate_event: 'service',
  test_webhook_filter: 'service',
  update_webhook: 'service',
};

const PREFIX: Record<ObjectKind, string> = { repo: 'repository', repoGroup: 'group', userGroup: 'usergroup' };

/** A requirement as `GATES` spells it. */
export function gateOf(requires: Requirement): string {
  switch (requires.kind) {
    case 'superAdmin':
      return 'hg.admin';
    case 'global':
      return requires.permission;
    case 'object':
      return `${PREFIX[requires.object]}.${requires.level} ${requires.arg}`;
    case 'allOf':
      return requires.of.map(gateOf).join(' and ');
    case 'anyOf':
      return requires.of.map(gateOf).join(' or ');
    case 'public':
    case 'authenticated':
    case 'service':
      return requires.kind;
  }
}
