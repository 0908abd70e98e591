/**
 * Names from older releases and from the neighbouring product. Families know today's names only; whatever old
 * scripts send is mapped here, in every dialect.
 */

type Names = Readonly<Record<string, readonly string[]>>;

/** Today's argument -> older names, for every method that takes the argument and has none of its own by the older name. */
const OLDER_ARGUMENTS: Names = {
  repoid: ['repo', 'repo_name'],
  userid: ['username'],
  usergroupid: ['usersgroupid', 'group_name'],
  remove_obsolete: ['remove_obselete'],
  owner: ['owner_name'],
  extern_name: ['ldap_dn'],
};

/** The same for names that the neighbouring product uses to this day: nobody is warned of them. */
const OTHER_ARGUMENTS: Names = {
  pullrequest_id: ['pull_request_id', 'pullrequestid'],
  pull_request_id: ['pullrequest_id', 'pullrequestid'],
  pullrequestid: ['pullrequest_id', 'pull_request_id'],
};

/** Method -> today's argument -> older names that mean it in this method only. */
const ARGUMENTS_OF_METHOD: Readonly<Record<string, Names>> = {
  create_repo: { repo_name: ['name'] },
  get_repo: { repoid: ['name'] },
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
const OLDER_METHODS: Names = {
  get_ip: ['show_ip'],
  get_user_group: ['get_users_group'],
  get_user_groups: ['get_users_groups'],
  create_user_group: ['create_users_group'],
  add_user_to_user_group: ['add_user_user_group', 'add_user_to_users_group', 'add_user_users_group'],
  remove_user_from_user_group: ['remove_user_from_users_group'],
  grant_user_group_permission: ['grant_users_group_permission'],
  revoke_user_group_permission: ['revoke_users_group_permission'],
};

/** The same for names that the neighbouring product uses to this day. */
const OTHER_METHODS: Names = {
  create_repo_extra_field: ['add_field_to_repo'],
  delete_repo_extra_field: ['remove_field_from_repo'],
  comment_changeset: ['comment_commit', 'changeset_comment'],
};

/**
 * Older methods that did what two of today's do. What `by` holds decides: nothing (null, or the text `None`) takes the
 * right away, everything else gives it.
 */
interface OlderPair {
  readonly by: string;
  readonly gives: string;
  readonly takes: string;
}
const PAIRS: Readonly<Record<string, OlderPair>> = {
  add_user_to_repo: { by: 'perm', gives: 'grant_user_permission', takes: 'revoke_user_permission' },
  add_users_group_to_repo: {
    by: 'perm',
    gives: 'grant_user_group_permission',
    takes: 'revoke_user_group_permission',
  },
};

/** What an older argument says beside its value, where nothing else says it. */
const IMPLIED: Readonly<Record<string, (value: unknown) => Readonly<Record<string, unknown>>>> = {
  ldap_dn: (value) => ({ extern_type: value === '' ? 'internal' : 'ldap' }),
};

/** Names that RhodeCode itself warns of: method -> what to call instead. Of older names it warns as well. */
const DEPRECATED_METHODS: Readonly<Record<string, string>> = {
  changeset_comment: 'comment_commit',
  get_locks: 'get_user_locks',
};

const own = <Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** Other names of one argument of a method. @param taken every name that the method itself declares */
export function argumentAliasesOf(method: string, argument: string, taken: ReadonlySet<string>): string[] {
  const names = [
    ...(own(own(ARGUMENTS_OF_METHOD, method) ?? {}, argument) ?? []),
    ...(own(OLDER_ARGUMENTS, argument) ?? []),
    ...(own(OTHER_ARGUMENTS, argument) ?? []),
  ];
  return names.filter((name) => !taken.has(name));
}

/** Arguments that `alias` settles beside the one it stands for. */
export const impliedBy = (alias: string, value: unknown): Readonly<Record<string, unknown>> =>
  value === null || value === undefined ? {} : (own(IMPLIED, alias)?.(value) ?? {});

/** Other names of a method: those it declares and the historic ones. @param taken every declared method name */
export function methodAliasesOf(
  method: string,
  declared: readonly string[],
  taken: ReadonlySet<string>,
): string[] {
  const names = [...declared, ...(own(OLDER_METHODS, method) ?? []), ...(own(OTHER_METHODS, method) ?? [])];
  return [...new Set(names)].filter((name) => !taken.has(name));
}

/** What a call of an older method means today, where its arguments decide which method that is. */
export function olderCall(name: string, args: object): { method: string; args: object } | undefined {
  const pair = own(PAIRS, name);
  if (!pair) return undefined;
  const { [pair.by]: decides, ...rest } = args as Record<string, unknown>;
  const isTaken = decides === null || decides === 'None';
  return isTaken ? { method: pair.takes, args: rest } : { method: pair.gives, args };
}

/** The methods of today that such an older one may stand for. */
export function olderTargets(name: string): string[] | undefined {
  const pair = own(PAIRS, name);
  return pair && [pair.gives, pair.takes];
}

/** Older methods that lead to this one for some of their arguments. */
export const pairsWith = (method: string): string[] =>
  Object.keys(PAIRS).filter((name) => olderTargets(name)?.includes(method));

/** The method that RhodeCode's own clients should call instead of `name`; undefined when the name is a good one. */
export function insteadOfMethod(name: string, method: string): string | undefined {
  return own(DEPRECATED_METHODS, name) ?? (own(OLDER_METHODS, method)?.includes(name) ? method : undefined);
}

/** Whether an argument goes by a name that only old scripts use. */
export const isOlderArgument = (alias: string, argument: string): boolean =>
  own(OLDER_ARGUMENTS, argument)?.includes(alias) ?? false;
