/**
 * Names from older releases and from the neighbouring product. Families know today's names only; whatever old
 * scripts send is mapped here, in every dialect.
 */

/** Today's argument -> older names, for every method that takes the argument and has none of its own by the older name. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  repoid: ['repo', 'repo_name'],
  userid: ['username'],
  usergroupid: ['usersgroupid', 'group_name'],
  pullrequest_id: ['pull_request_id', 'pullrequestid'],
  pull_request_id: ['pullrequest_id', 'pullrequestid'],
  pullrequestid: ['pullrequest_id', 'pull_request_id'],
  remove_obsolete: ['remove_obselete'],
  owner: ['owner_name'],
  extern_name: ['ldap_dn'],
};

/** Method -> today's argument -> older names that mean it in this method only. */
const ARGUMENTS_OF_METHOD: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  create_repo: { repo_name: ['name'] },
  get_repos: { group: ['root'] },
  create_repo_extra_field: { field_key: ['key'], field_label: ['label'], field_desc: ['description'] },
  delete_repo_extra_field: { field_key: ['key'] },
  create_user_group: { group_name: ['name'] },
  comment_changeset: {
    raw_id: ['commit_id', 'revision'],
    comment_msg: ['message'],
    f_path: ['filepath'],
    line_no: ['lineno'],
  },
};

/** Today's method -> older names. */
const METHODS: Readonly<Record<string, readonly string[]>> = {
  get_ip: ['show_ip'],
  get_user_group: ['get_users_group'],
  get_user_groups: ['get_users_groups'],
  create_user_group: ['create_users_group'],
  add_user_to_user_group: ['add_user_user_group', 'add_user_to_users_group', 'add_user_users_group'],
  remove_user_from_user_group: ['remove_user_from_users_group'],
  grant_user_group_permission: ['grant_users_group_permission'],
  revoke_user_group_permission: ['revoke_users_group_permission'],
  create_repo_extra_field: ['add_field_to_repo'],
  delete_repo_extra_field: ['remove_field_from_repo'],
  comment_changeset: ['comment_commit', 'changeset_comment'],
};

const own = <Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** Older names of one argument of a method. @param taken every name that the method itself declares */
export function argumentAliasesOf(method: string, argument: string, taken: ReadonlySet<string>): string[] {
  const names = [
    ...(own(own(ARGUMENTS_OF_METHOD, method) ?? {}, argument) ?? []),
    ...(own(ARGUMENTS, argument) ?? []),
  ];
  return names.filter((name) => !taken.has(name));
}

/** Other names of a method: those it declares and the historic ones. @param taken every declared method name */
export function methodAliasesOf(
  method: string,
  declared: readonly string[],
  taken: ReadonlySet<string>,
): string[] {
  return [...new Set([...declared, ...(own(METHODS, method) ?? [])])].filter((name) => !taken.has(name));
}
