import type { RepoView } from '../../families/repos/repo.view.js';
import type { UserView } from '../../families/users/user.view.js';
import { only, type Printing } from '../printed-method.js';
import { MEMBER_USER, printedUser } from './user.js';

/** Older documents print the switch for locking. */
export type WithLocking = 'with locking' | 'without locking';

const BARE_REPO = [
  'repo_id',
  'repo_name',
  'repo_type',
  'clone_uri',
  'private',
  'created_on',
  'description',
  'landing_rev',
  'owner',
  'fork_of',
  'enable_downloads',
  'enable_statistics',
] as const;

interface NamedRight {
  name: string;
  type: 'user' | 'user_group';
  permission: string;
}

export type RepoDetails = RepoView & { members: NamedRight[]; followers: UserView[] };

/** `rev:tip` was `tip`; what is no plain revision keeps its type. */
const landingText = ([type, name]: readonly [string, string]) => (type === 'rev' ? name : `${type}:${name}`);

/** Repositories as lists print them, without their last changeset. */
export async function printedRepos(repos: readonly RepoView[], { facts }: Printing, locking: WithLocking) {
  const locked =
    locking === 'with locking' ? await facts.lockedByPull(repos.map(({ repo_id }) => repo_id)) : null;
  return repos.map((repo) => ({
    ...only({ ...repo, landing_rev: landingText(repo.landing_rev) }, BARE_REPO),
    ...(locked && { enable_locking: locked.has(repo.repo_id) }),
  }));
}

/** Whoever has a right on a repository: users whole, user groups by number. */
export async function printedMembers(members: readonly NamedRight[], { call, facts }: Printing) {
  const named = (type: NamedRight['type']) =>
    members.filter((each) => each.type === type).map(({ name }) => name);
  const [users, groups] = await Promise.all([
    facts.usersByName(named('user')),
    facts.groupsByName(named('user_group')),
  ]);
  return members.flatMap(({ name, type, permission }): object[] => {
    const group = type === 'user_group' ? groups.get(name) : undefined;
    if (group) return [{ type: 'users_group', ...group, permission }];
    const user = type === 'user' ? users.get(name) : undefined;
    return user ? [{ type, ...printedUser(user.user, user.account, call, MEMBER_USER), permission }] : [];
  });
}
