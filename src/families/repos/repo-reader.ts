import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { doesNotExist } from '../../access/object-directory.js';
import { LEVEL_WEIGHT, permissionName } from '../../access/levels.js';
import { CachedLookup } from '../../database/cached-lookup.js';
import { ChangeFeed } from '../../database/change-feed.js';
import { Database } from '../../database/database.js';
import type { RpcCall } from '../../rpc/call.js';
import { type JsonText, RenderedView } from '../../rpc/json-text.js';
import type { RepositoryRef } from '../../sdk/index.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VersionControl } from '../../vcs/vcs.js';
import { PullRequestReader } from '../pull-requests/pull-request-reader.js';
import { toUserView, USER_COLUMNS, type UserRecord, type UserView } from '../users/user.view.js';
import type { ResultOf } from '../../rpc/result-shapes.js';
import { visibleParent } from './fork-parent.js';
import type { RepoRecord } from './repo-record.js';
import { toRepoView, type RepoView } from './repo.view.js';
import { ReposDirectory } from './repos.directory.js';
import type { RepoDetails as RepoDetailsShape } from './repos.results.js';
import type { GetRepoArgs } from './repos.dto.js';

export interface Member {
  name: string;
  type: 'user' | 'user_group';
  permission: string;
}

type RepoDetails = RepoView &
  Pick<RepoRecord, 'repo_state'> &
  Pick<RepositoryRef, 'clone_url'> & { members: Member[]; followers: UserView[] };

type RepoAnswer = JsonText<RepoDetails> | ResultOf<typeof RepoDetailsShape>;

const NO_REFS = { tags: {}, branches: {}, bookmarks: {} };

/** Stored rows, users first; not effective rights: the owner is usually absent. */
const MEMBERS = `
  SELECT coalesce(u.username, g.group_name) AS name, p.level,
    CASE WHEN p.user_id IS NULL THEN 'user_group' ELSE 'user' END AS type
  FROM repo_permission p LEFT JOIN "user" u USING (user_id) LEFT JOIN user_group g USING (users_group_id)
  WHERE p.repo_id = $1 ORDER BY p.user_id IS NULL, p.permission_id`;

const FOLLOWERS = `SELECT ${USER_COLUMNS} FROM follower f JOIN "user" u USING (user_id) WHERE f.repo_id = $1
  ORDER BY f.followed_on, u.user_id`;

@Injectable()
export class RepoReader {
  /** By id and whether the clone address is shown in clear. */
  private readonly details: {
    clear: CachedLookup<number, RenderedView<RepoDetails>>;
    masked: CachedLookup<number, RenderedView<RepoDetails>>;
  };

  constructor(
    private readonly db: Database,
    private readonly repos: ReposDirectory,
    private readonly pullRequests: PullRequestReader,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
    private readonly feed: ChangeFeed,
    private readonly access: Access,
  ) {
    const cache = () =>
      new CachedLookup<number, RenderedView<RepoDetails>>(feed, {
        clearOn: ['access', 'settings'],
        dropOn: ['repo'],
      });
    this.details = { clear: cache(), masked: cache() };
  }

  async get(call: RpcCall, repo: RepoRecord, args: GetRepoArgs): Promise<RepoAnswer> {
    const isAdmin = (call.levels.get('repoid') ?? LEVEL_WEIGHT.none) >= LEVEL_WEIGHT.admin;
    const cache = isAdmin ? this.details.clear : this.details.masked;
    const rendered = cache.peek(repo.id) ?? (await cache.get(repo.id, () => this.load(repo, isAdmin)));
    if (!rendered) throw doesNotExist('repo', args.repoid);
    const fork_of = await visibleParent(this.access, call.principal, repo);
    const isWhole = fork_of === rendered.view.fork_of;
    if (isWhole && !args.with_revision_names && !args.with_pullrequests) return rendered.json;
    const details = { ...rendered.view, fork_of };
    const extra: Partial<ResultOf<typeof RepoDetailsShape>> = {};
    if (args.with_revision_names) {
      const directory = this.root.directory(repo.repo_name);
      const isThere = details.repo_state === 'repo_state_created';
      Object.assign(extra, isThere ? await this.vcs.backend(repo.repo_type).refs(directory, call) : NO_REFS);
    }
    if (args.with_pullrequests) extra.pull_requests = await this.pullRequests.ofTarget(repo.repo_id);
    return { ...details, ...extra };
  }

  private cloneUri(repo: RepoRecord, isAdmin: boolean): string | null {
    return isAdmin ? this.repos.cloneUri(repo) : this.repos.maskedCloneUri(repo);
  }

  /** Reads the record again if this is kept: what the guard found may be older than the last change. */
  private async load(found: RepoRecord, isAdmin: boolean): Promise<RenderedView<RepoDetails> | null> {
    const repoId = found.repo_id;
    const [repo, members, followers] = await Promise.all([
      this.feed.isLive ? this.repos.byId(repoId) : found,
      this.db.prepared<{ name: string; type: Member['type']; level: number }>('repo_members', MEMBERS, [
        repoId,
      ]),
      this.db.prepared<UserRecord & Record<string, unknown>>('repo_followers', FOLLOWERS, [repoId]),
    ]);
    if (!repo) return null;
    return new RenderedView({
      ...toRepoView(repo, this.cloneUri(repo, isAdmin)),
      clone_url: this.repos.ref(repo).clone_url,
      repo_state: repo.repo_state,
      members: members.map(({ name, type, level }) => ({
        name,
        type,
        permission: permissionName('repo', level),
      })),
      followers: followers.map(toUserView),
    });
  }
}
