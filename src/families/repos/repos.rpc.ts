import { allOf, authenticated, decidedBy, global, repo, superAdmin } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import { repoCreated, repoDeleted, repoForked, repoPulled, repoUpdated } from '../../sdk/index.js';
import { CreateRepo } from './create-repo.js';
import { DeleteRepo } from './delete-repo.js';
import { ForkRepo } from './fork-repo.js';
import { PullRepo } from './pull-repo.js';
import { RepoReader } from './repo-reader.js';
import type { RepoRecord } from './repo-record.js';
import {
  CreateRepoArgs,
  DeleteRepoArgs,
  ForkRepoArgs,
  GetRepoArgs,
  GetReposArgs,
  PullArgs,
  RescanReposArgs,
  UpdateRepoArgs,
} from './repos.dto.js';
import { RescanRepos } from './rescan-repos.js';
import { UpdateRepo } from './update-repo.js';

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
  ) {}

  @RpcMethod('get_repo', {
    requires: repo('read'),
    summary: 'Show a repository with its members and followers',
  })
  get(@Args() args: GetRepoArgs, @Caller() call: RpcCall) {
    return this.reader.get(call, named(call), args);
  }

  @RpcMethod('get_repos', {
    requires: authenticated(),
    summary: 'List the repositories that the caller may read, by name',
  })
  list(@Args() _args: GetReposArgs, @Caller() call: RpcCall) {
    return this.reader.list(call);
  }

  @RpcMethod('create_repo', {
    requires: decidedBy('write on the repository group, or hg.create.repository at the top level'),
    emits: [repoCreated],
    summary: 'Create a repository, empty or cloned from `clone_uri`',
  })
  create(@Args() args: CreateRepoArgs, @Caller() call: RpcCall) {
    return this.creation.run(call, args);
  }

  @RpcMethod('update_repo', {
    requires: repo('admin'),
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
    emits: [repoCreated, repoForked],
    summary: 'Fork a repository',
  })
  fork(@Args() args: ForkRepoArgs, @Caller() call: RpcCall) {
    return this.forks.run(call, args);
  }

  @RpcMethod('delete_repo', {
    requires: repo('admin'),
    emits: [repoDeleted],
    summary: 'Delete a repository; its directory goes to the trash',
  })
  delete(@Args() args: DeleteRepoArgs, @Caller() call: RpcCall) {
    return this.deletion.run(call, named(call), args.forks);
  }

  @RpcMethod('pull', {
    requires: allOf(superAdmin(), repo('read')),
    emits: [repoPulled],
    summary: 'Fetch everything from the remote of a repository',
  })
  pull(@Args() args: PullArgs, @Caller() call: RpcCall) {
    return this.pulls.run(call, named(call), args.clone_uri);
  }

  @RpcMethod('rescan_repos', {
    requires: superAdmin(),
    emits: [repoCreated, repoDeleted],
    summary: 'Adopt repositories found on disk; on request forget those that are gone',
  })
  rescan(@Args() args: RescanReposArgs, @Caller() call: RpcCall) {
    return this.rescans.run(call, args.remove_obsolete);
  }
}
