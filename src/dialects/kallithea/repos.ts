import type { RepoView } from '../../families/repos/repo.view.js';
import { only, printed, printedOutcome, type PrintedMethod, type PrintedMethods } from '../printed-method.js';
import { printedPullRequest, type PullRequestView } from './pull-requests.js';
import { printedMembers, printedRepos, type RepoDetails, type WithLocking } from './repo.js';
import { printedUsers, WHOLE_USER } from './user.js';

type Given = Readonly<Record<string, unknown>>;

/** A landing revision is printed without its type. */
function withTypedLandingRev(given: Given): Record<string, unknown> {
  const { landing_rev: name } = given;
  const isBare = typeof name === 'string' && name !== '' && !name.includes(':');
  return isBare ? { ...given, landing_rev: `rev:${name}` } : { ...given };
}

/** An empty name is printed as what it is when nothing is given. */
function withoutEmptyName(given: Given): Record<string, unknown> {
  const { name, ...rest } = withTypedLandingRev(given);
  return name === undefined || name === '' ? rest : { ...rest, name };
}

const REFS = ['tags', 'branches', 'bookmarks'] as const;
type Refs = Record<(typeof REFS)[number], Record<string, string>>;
type Requested = Partial<Refs> & { pull_requests?: PullRequestView[] };

/** What `with_revision_names` and `with_pullrequests` add. */
function requested(repo: Requested) {
  const { pull_requests: pullRequests } = repo;
  return {
    ...(repo.tags && only(repo as Refs, REFS)),
    ...(pullRequests && { pull_requests: pullRequests.map(printedPullRequest) }),
  };
}

const createRepo = (locking: WithLocking, takes: PrintedMethod['takes']) =>
  printedOutcome<{ msg: string }>(
    async ({ msg }, printing) => {
      const repo = await printing.facts.createdRepo(String(printing.args.repo_name));
      const [shown] = repo ? await printedRepos([repo], printing, locking) : [null];
      return { msg, repo: shown };
    },
    { takes },
  );

/** @param makesGroups whether `create_repo` makes the groups that its name lacks */
export const repos = (locking: WithLocking, makesGroups: boolean): PrintedMethods => ({
  pull: printedOutcome<{ msg: string }>(({ msg }) => msg),

  invalidate_cache: printed<{ repository: string }>(
    ({ repository }) => `Caches of repository \`${repository}\``,
  ),

  get_repo: printed<RepoDetails & Requested>(
    async (repo, printing) => {
      const [[bare], members, followers] = await Promise.all([
        printedRepos([repo], printing, locking),
        printedMembers(repo.members, printing),
        printedUsers(repo.followers, printing, WHOLE_USER),
      ]);
      return { ...bare, last_changeset: repo.last_changeset, members, followers, ...requested(repo) };
    },
    { missingIsNull: true },
  ),

  get_repos: printed<RepoView[]>((all, printing) => printedRepos(all, printing, locking)),

  create_repo: createRepo(
    locking,
    makesGroups ? (given) => ({ create_groups: true, ...withTypedLandingRev(given) }) : withTypedLandingRev,
  ),

  update_repo: printed<{ repository: RepoView }>(
    async ({ repository }, printing) => {
      const { repo_id, repo_name, last_changeset } = repository;
      const [bare] = await printedRepos([repository], printing, locking);
      return {
        msg: `updated repo ID:${repo_id} \`${repo_name}\``,
        repository: { ...bare, last_changeset },
      };
    },
    { takes: withoutEmptyName },
  ),

  fork_repo: { takes: withTypedLandingRev },
});
