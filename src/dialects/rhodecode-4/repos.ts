import type { RepoView } from '../../families/repos/repo.view.js';
import type { UserView } from '../../families/users/user.view.js';
import { localDateTime } from '../../rpc/wire-date.js';
import { printed, printedOutcome, type PrintedMethods, type Printing } from '../printed-method.js';
import { fields } from './refusals.js';
import { rhodecodeUsers } from './users.js';

interface NamedRight {
  name: string;
  type: 'user' | 'user_group';
  permission: string;
}
type RepoDetails = RepoView & { members: NamedRight[]; followers: UserView[] };
type Given = Readonly<Record<string, unknown>>;

/**
 * Repositories as RhodeCode 4 shows them. Editors compare `clone_uri` with the remotes of a clone, so that it is the
 * gateway's own address where the repository is no copy of another one.
 */
export async function rhodecodeRepos<Repo extends RepoView>(repos: readonly Repo[], { facts }: Printing) {
  const stateOf = await facts.rhodecode.repoStates(repos.map(({ repo_id }) => repo_id));
  return repos.map((repo) => {
    const { fork_id, enable_locking, lock } = stateOf(repo.repo_id);
    const url = facts.rhodecode.url(repo.repo_name);
    return {
      ...repo,
      clone_uri: repo.clone_uri ?? url,
      push_uri: null,
      url,
      fork_of_id: repo.fork_of === null ? null : fork_id,
      enable_locking,
      locked_by: lock?.by ?? null,
      locked_date: lock && localDateTime(lock.since),
      lock_reason: lock?.reason ?? null,
    };
  });
}

const list = printed<RepoView[]>(rhodecodeRepos);

const withRepository = async (
  { msg, repository }: { msg: string; repository: RepoView },
  printing: Printing,
) => {
  const [shown] = await rhodecodeRepos([repository], printing);
  return { msg, repository: shown };
};

/** The last part of a full name, and the group before it; `""` at the top. */
export function splitPath(path: string): [group: string, name: string] {
  const end = path.lastIndexOf('/');
  return [path.slice(0, Math.max(end, 0)), path.slice(end + 1)];
}

/** `repo_name` carries the whole name, so that it also moves. */
function withFullName(given: Given): Record<string, unknown> {
  const { repo_name: path, ...rest } = given;
  if (typeof path !== 'string' || path === '') return rest;
  const [group, name] = splitPath(path);
  return { ...rest, group, name };
}

const FORM_FIELDS: Readonly<Record<string, string>> = {
  clone_uri: 'repo_clone_uri',
  description: 'repo_description',
  group: 'repo_group',
  landing_rev: 'repo_landing_commit_ref',
  name: 'repo_name',
  owner: 'repo_owner',
  private: 'repo_private',
};
const TAKEN = 'Repository with name `$1` already exists';

const form = fields({
  rules: [
    [/^(?:repo|fork) `(.*)` already exist$/, 'unique_repo_name', TAKEN],
    [/^repo group `(.*)` not found$/, 'repo_group', 'Repository group `$1` does not exist'],
    [/^(no permission to create .*)$/, 'repo_group', '$1'],
  ],
  argument: (name) => FORM_FIELDS[name] ?? name,
  detail: (detail) => (detail.startsWith('landing_rev') ? 'repo_landing_commit_ref' : 'repo_name'),
});

const made = printedOutcome<object>((result) => ({ ...result, task: null }), { refuses: form });

export const repos: PrintedMethods = {
  get_repo: printed<RepoDetails>(async (repo, printing) => {
    const [[shown], followers] = await Promise.all([
      rhodecodeRepos([repo], printing),
      rhodecodeUsers(repo.followers, printing),
    ]);
    const granted = repo.members.map((right) => ({ ...right, origin: 'permission' }));
    const owner = { name: repo.owner, type: 'user', permission: 'repository.admin', origin: 'owner' };
    const permissions = [
      owner,
      ...granted.filter(({ name, type }) => type !== 'user' || name !== repo.owner),
    ];
    return { ...shown, members: permissions, permissions, followers };
  }),
  get_repos: list,
  get_locks: list,
  get_user_locks: list,
  create_repo: made,
  fork_repo: made,
  update_repo: printed(withRepository, { takes: withFullName, refuses: form }),
  // RhodeCode shows what is in files unless it is told not to
  get_repo_nodes: { takes: (given) => ({ details: 'basic', ...given }) },
};
