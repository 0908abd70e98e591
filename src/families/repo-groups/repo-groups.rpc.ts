import { superAdmin } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import { repoGroupCreated } from '../../sdk/index.js';
import { CreateRepoGroupArgs } from './repo-groups.dto.js';
import { RepoGroupsService } from './repo-groups.service.js';

@RpcFamily('repo-groups')
export class RepoGroupsRpc {
  constructor(private readonly groups: RepoGroupsService) {}

  @RpcMethod('create_repo_group', {
    requires: superAdmin(),
    emits: [repoGroupCreated],
    summary: 'Create a repository group',
  })
  create(@Args() args: CreateRepoGroupArgs, @Caller() call: RpcCall) {
    return this.groups.create(call, args);
  }
}
