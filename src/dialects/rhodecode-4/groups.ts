import type { UserGroupView } from '../../families/user-groups/user-group.view.js';
import { printed, type PrintedMethods, type Printing } from '../printed-method.js';
import { fields } from './refusals.js';
import { splitPath } from './repos.js';
import { rhodecodeUsers } from './users.js';

interface NamedRight {
  name: string;
  type: 'user' | 'user_group';
  permission: string;
}
type Given = Readonly<Record<string, unknown>>;

const granted = (rights: readonly NamedRight[]) =>
  rights.map((right) => ({ ...right, origin: 'permission' }));

/** The members are whole users. */
async function rhodecodeUserGroups(groups: readonly UserGroupView[], printing: Printing) {
  const [emails, users] = await Promise.all([
    printing.facts.rhodecode.ownerEmails(groups.map(({ users_group_id }) => users_group_id)),
    rhodecodeUsers(
      groups.flatMap(({ members }) => members),
      printing,
    ),
  ]);
  const userOf = new Map(users.map((user) => [user.user_id, user]));
  return groups.map(({ members, ...group }) => ({
    ...group,
    owner_email: emails.get(group.users_group_id) ?? null,
    sync: false,
    users: members.map(({ user_id }) => userOf.get(user_id)),
  }));
}

const withUserGroup = async (
  { msg, user_group }: { msg: string; user_group: UserGroupView },
  printing: Printing,
) => {
  const [shown] = await rhodecodeUserGroups([user_group], printing);
  return { msg, user_group: shown };
};

const nameForm = fields({
  argument: (name) => (name === 'group_name' ? 'user_group_name' : name),
  detail: () => 'user_group_name',
});

export const userGroups: PrintedMethods = {
  get_user_group: printed<UserGroupView & { permissions?: NamedRight[] }>(
    async ({ permissions = [], ...group }, printing) => {
      const [shown] = await rhodecodeUserGroups([group], printing);
      return { ...shown, permissions: granted(permissions) };
    },
    { takes: (given) => ({ with_permissions: true, ...given }) },
  ),
  get_user_groups: printed<UserGroupView[]>(rhodecodeUserGroups),
  create_user_group: printed(withUserGroup, { refuses: nameForm }),
  update_user_group: printed(withUserGroup),
};

/** A name carries the whole path. @param top what stands for the top level: nothing, or a parent of its own */
const withParent =
  (top: Given) =>
  (given: Given): Record<string, unknown> => {
    const { group_name: path } = given;
    if (typeof path !== 'string' || path === '' || given.parent !== undefined) return { ...given };
    const [parent, name] = splitPath(path);
    return { ...given, ...(parent === '' ? top : { parent }), group_name: name };
  };

const TAKEN = 'Repository group with name `$1` already exists';
const groupForm = fields({
  rules: [
    [/^repo group `(.*)` already exist$/, 'unique_repo_group_name', TAKEN],
    [/^repository group `(.*)` does not exist$/, 'repo_group', 'Parent repository group `$1` does not exist'],
  ],
  argument: (name) => (name === 'group_name' ? 'repo_group_name' : name),
  detail: () => 'repo_group_name',
});

export const repoGroups: PrintedMethods = {
  get_repo_group: printed<{ members: NamedRight[] }>(({ members, ...group }) => ({
    ...group,
    members: granted(members),
    permissions: granted(members),
  })),
  create_repo_group: printed<{ repo_group: { group_name: string } }>(
    ({ repo_group }) => ({ msg: `Created new repo group \`${repo_group.group_name}\``, repo_group }),
    { takes: withParent({}), refuses: groupForm },
  ),
  update_repo_group: { takes: withParent({ parent: '' }), refuses: groupForm },
};
