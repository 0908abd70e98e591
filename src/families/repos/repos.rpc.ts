import { allOf, authenticated, decidedBy, global, repo, superAdmin } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import {
  repoCreated,
  repoDeleted,
  repoGroupCreated,
  repoFailed,
  repoForked,
  repoLocked,
  repoPulled,
  repoUnlocked,
  repoUpdated,
} from '../../sdk/index.js';
import { CreateRepo } from './create-repo.js';
import { DeleteRepo } from './delete-repo.js';
import { ForkRepo } from './fork-repo.js';
import { LockRepo } from './lock-repo.js';
import { InvalidateCache } from './invalidate-cache.js';
import { PullRepo } from './pull-repo.js';
import { RepoFollowers } from './repo-followers.js';
import { RepoLists } from './repo-lists.js';
import { GetLocksArgs, LockArgs } from './repo-locks.dto.js';
import { RepoNodes } from './repo-nodes.js';
import { RepoReader } from './repo-reader.js';
import type { RepoRecord } from './repo-record.js';
import {
  CreateRepoArgs,
  DeleteRepoArgs,
  ForkRepoArgs,
  GetRepoArgs,
  GetRepoNodesArgs,
  GetReposArgs,
  PullArgs,
  RepoArgs,
  RescanReposArgs,
  UpdateRepoArgs,
} from './repos.dto.js';
import { RescanRepos } from './rescan-repos.js';
import { UpdateRepo } from './update-repo.js';
import { listOf } from '../../rpc/result-shapes.js';
import {
  ChangedRepo,
  Done,
  Invalidated,
  LockedRepo,
  Pulled,
  Repo,
  RepoDetails,
  RepoLock,
  RepoNode,
  Rescanned,
  StartedRepo,
} from './repos.results.js';

/** What the guard found under `repoid`. */
const named = (call: RpcCall) => call.objects.get('repoid') as RepoRecord;

@RpcFamily('repos')
export class ReposRpc {
  constructor(
    private readonly reader: RepoReader,
    private readonly creation: CreateRepo,
    private readonly changes: UpdateRepo,
    private readonly forks: ForkRepo,
    private readonly deletion: DeleteRepo,
    private readonly pulls: PullRepo,
    private readonly rescans: RescanRepos,
    private readonly nodes: RepoNodes,
    private readonly caches: InvalidateCache,
    private readonly lists: RepoLists,
    private readonly locking: LockRepo,
    private readonly followers: RepoFollowers,
  ) {}

  @RpcMethod('get_repo', {
    requires: repo('read'),
    result: RepoDetails,
    summary: 'Show a repository with its members and followers',
  })
  get(@Args() args: GetRepoArgs, @Caller() call: RpcCall) {
    return this.reader.get(call, named(call), args);
  }

  @RpcMethod('get_repos', {
    requires: authenticated(),
    result: listOf(Repo),
    summary: 'List the repositories that the caller may read, by name',
  })
  list(@Args() args: GetReposArgs, @Caller() call: RpcCall) {
    return this.lists.list(call, args);
  }

  @RpcMethod('get_repo_nodes', {
    requires: repo('read'),
    result: listOf(RepoNode),
    summary: 'List directories and files of a revision, with all below them',
  })
  listNodes(@Args() args: GetRepoNodesArgs, @Caller() call: RpcCall) {
    return this.nodes.list(call, named(call), args);
  }

  @RpcMethod('create_repo', {
    requires: decidedBy('write on the repository group, or hg.create.repository at the top level'),
    result: StartedRepo,
    emits: [repoCreated, repoFailed],
    summary: 'Create a repository, empty or cloned from `clone_uri`',
  })
  create(@Args() args: CreateRepoArgs, @Caller() call: RpcCall) {
    return this.creation.run(call, args);
  }

  @RpcMethod('update_repo', {
    requires: repo('admin'),
    result: ChangedRepo,
    emits: [repoUpdated],
    summary: 'Change what is given of a repository; its name and group too',
  })
  update(@Args() args: UpdateRepoArgs, @Caller() call: RpcCall) {
    return this.changes.run(call, named(call), args);
  }

  @RpcMethod('fork_repo', {
    requires: allOf(
      global('hg.fork.repository'),
      decidedBy('read on the source, and write on the target group or hg.create.repository at the top level'),
    ),
    result: StartedRepo,
    emits: [repoCreated, repoForked, repoFailed],
    summary: 'Fork a repository',
  })
  fork(@Args() args: ForkRepoArgs, @Caller() call: RpcCall) {
    return this.forks.run(call, args);
  }

  @RpcMethod('delete_repo', {
    requires: repo('admin'),
    result: Done,
    emits: [repoDeleted],
    summary: 'Delete a repository; its directory goes to the trash',
  })
  delete(@Args() args: DeleteRepoArgs, @Caller() call: RpcCall) {
    return this.deletion.run(call, named(call), args.forks);
  }

  @RpcMethod('pull', {
    requires: allOf(superAdmin(), repo('read')),
    result: Pulled,
    emits: [repoPulled, repoFailed],
    summary: 'Fetch everything from the remote of a repository',
  })
  pull(@Args() args: PullArgs, @Caller() call: RpcCall) {
    return this.pulls.run(call, named(call), args);
  }

  @RpcMethod('invalidate_cache', {
    requires: repo('write'),
    result: Invalidated,
    summary: 'Look at a repository again, and refresh its `last_changeset`',
  })
  invalidate(@Args() args: RepoArgs, @Caller() call: RpcCall) {
    return this.caches.run(call, named(call), args.repoid);
  }

  @RpcMethod('rescan_repos', {
    requires: superAdmin(),
    result: Rescanned,
    emits: [repoCreated, repoDeleted, repoGroupCreated],
    summary: 'Adopt repositories found on disk; on request forget those that are gone',
  })
  rescan(@Args() args: RescanReposArgs, @Caller() call: RpcCall) {
    return this.rescans.run(call, args);
  }

  @RpcMethod('lock', {
    requires: repo('write'),
    result: RepoLock,
    emits: [repoLocked, repoUnlocked],
    summary: 'Show, set or take away the lock of a repository: while it stands, only its holder may push',
  })
  lock(@Args() args: LockArgs, @Caller() call: RpcCall) {
    return this.locking.run(call, named(call), args);
  }

  @RpcMethod('get_locks', {
    requires: authenticated(),
    result: listOf(LockedRepo),
    summary: 'List the locked repositories that the caller may read, by name',
  })
  locks(@Args() args: GetLocksArgs, @Caller() call: RpcCall) {
    return this.lists.locked(call, args);
  }

  @RpcMethod('get_user_locks', {
    requires: decidedBy('any valid API key for oneself; super admin for others'),
    result: listOf(LockedRepo),
    summary: 'List the repositories that a user holds locked, as far as the caller may read them',
  })
  userLocks(@Args() args: GetLocksArgs, @Caller() call: RpcCall) {
    return this.lists.lockedBy(call, args);
  }

  @RpcMethod('follow_repo', {
    requires: repo('read'),
    result: Done,
    summary: 'Be among the followers of a repository',
  })
  follow(@Args() _args: RepoArgs, @Caller() call: RpcCall) {
    return this.followers.follow(call, named(call));
  }

  @RpcMethod('unfollow_repo', {
    requires: repo('read'),
    result: Done,
    summary: 'Be no longer among the followers of a repository',
  })
  unfollow(@Args() _args: RepoArgs, @Caller() call: RpcCall) {
    return this.followers.unfollow(call, named(call));
  }
}
