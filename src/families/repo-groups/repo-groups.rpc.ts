import { allOf, authenticated, repoGroup, superAdmin } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import {
  repoDeleted,
  repoGroupCreated,
  repoGroupDeleted,
  repoGroupFailed,
  repoGroupUpdated,
  repoUpdated,
} from '../../sdk/index.js';
import { DeleteRepoGroup } from './delete-repo-group.js';
import { RepoGroupReader } from './repo-group-reader.js';
import type { RepoGroupRecord } from './repo-groups.directory.js';
import {
  CreateRepoGroupArgs,
  DeleteRepoGroupArgs,
  GetRepoGroupsArgs,
  RepoGroupArgs,
  UpdateRepoGroupArgs,
} from './repo-groups.dto.js';
import { RepoGroupsService } from './repo-groups.service.js';
import { UpdateRepoGroup } from './update-repo-group.js';
import { listOf } from '../../rpc/result-shapes.js';
import { ChangedRepoGroup, DeletedRepoGroup, RepoGroup, RepoGroupDetails } from './repo-groups.results.js';

/** What the guard found under `repogroupid`. */
const named = (call: RpcCall) => call.objects.get('repogroupid') as RepoGroupRecord;

@RpcFamily('repo-groups')
export class RepoGroupsRpc {
  constructor(
    private readonly reader: RepoGroupReader,
    private readonly groups: RepoGroupsService,
    private readonly changes: UpdateRepoGroup,
    private readonly deletion: DeleteRepoGroup,
  ) {}

  @RpcMethod('get_repo_group', {
    requires: repoGroup('read'),
    result: RepoGroupDetails,
    summary: 'Show a repository group with its members',
  })
  get(@Args() _args: RepoGroupArgs, @Caller() call: RpcCall) {
    return this.reader.get(call, named(call));
  }

  @RpcMethod('get_repo_groups', {
    requires: authenticated(),
    result: listOf(RepoGroup),
    summary: 'List the repository groups that the caller may read, by full name',
  })
  list(@Args() args: GetRepoGroupsArgs, @Caller() call: RpcCall) {
    return this.reader.list(call, args);
  }

  @RpcMethod('create_repo_group', {
    requires: superAdmin(),
    result: ChangedRepoGroup,
    emits: [repoGroupCreated],
    summary: 'Create a repository group',
  })
  create(@Args() args: CreateRepoGroupArgs, @Caller() call: RpcCall) {
    return this.groups.create(call, args);
  }

  @RpcMethod('update_repo_group', {
    requires: allOf(superAdmin(), repoGroup('admin')),
    result: ChangedRepoGroup,
    emits: [repoGroupUpdated, repoUpdated, repoGroupFailed],
    summary:
      'Change what is given of a repository group; a new name or place takes everything below along, on disk too',
  })
  update(@Args() args: UpdateRepoGroupArgs, @Caller() call: RpcCall) {
    return this.changes.run(call, named(call), args);
  }

  @RpcMethod('delete_repo_group', {
    requires: allOf(superAdmin(), repoGroup('admin')),
    result: DeletedRepoGroup,
    emits: [repoGroupDeleted, repoDeleted, repoGroupFailed],
    summary: 'Delete a repository group; its directory goes to the trash',
  })
  delete(@Args() args: DeleteRepoGroupArgs, @Caller() call: RpcCall) {
    return this.deletion.run(call, named(call), args);
  }
}
