import type { RepoView } from '../../families/repos/repo.view.js';
import type { UserGroupView } from '../../families/user-groups/user-group.view.js';
import type { UserView } from '../../families/users/user.view.js';
import type { RepoDetails } from '../kallithea/repo.js';
import { printed, type PrintedMethods, type Printing } from '../printed-method.js';
import { printedUser, printedUsers } from './user.js';

async function printedGroups(groups: readonly UserGroupView[], printing: Printing) {
  const members = await printedUsers(
    groups.flatMap((group) => group.members),
    printing,
  );
  const byId = new Map(members.map((member) => [member.id, member]));
  return groups.map(({ users_group_id: id, group_name: name, active, members: own }) => ({
    id,
    name,
    active,
    members: own.map(({ user_id }) => byId.get(user_id)),
  }));
}

const printedRepo = ({ repo_id, repo_name, repo_type, description }: RepoView) => ({
  id: repo_id,
  name: repo_name,
  type: repo_type,
  description,
});

async function printedMembers(members: RepoDetails['members'], { facts }: Printing) {
  const named = (wanted: string) => members.filter(({ type }) => type === wanted).map(({ name }) => name);
  const [users, groups] = await Promise.all([
    facts.usersByName(named('user')),
    facts.groupsByName(named('user_group')),
  ]);
  return members.flatMap(({ name, type, permission }) => {
    const group = type === 'user_group' ? groups.get(name) : undefined;
    const user = type === 'user' ? users.get(name) : undefined;
    const shown = user ? printedUser(user.user, user.account) : group;
    return shown ? [{ ...shown, permission }] : [];
  });
}

export const reading: PrintedMethods = {
  get_users: printed<UserView[]>(printedUsers),

  get_user_group: printed<UserGroupView>(
    async (group, printing) => {
      const [shown] = await printedGroups([group], printing);
      return shown;
    },
    { missingIsNull: true },
  ),

  get_user_groups: printed<UserGroupView[]>(printedGroups),

  get_repo: printed<RepoDetails>(
    async (repo, printing) => ({
      ...printedRepo(repo),
      members: await printedMembers(repo.members, printing),
    }),
    { missingIsNull: true },
  ),

  get_repos: printed<RepoView[]>((repos) => repos.map(printedRepo)),
};
