import { repo } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import type { RepoRecord } from '../repos/repo-record.js';
import { RepoChangesets } from './repo-changesets.js';
import { GetRepoChangesetArgs, GetRepoChangesetsArgs } from './rhodecode.dto.js';
import { listOf } from '../../rpc/result-shapes.js';
import { RepoChangeset } from './rhodecode.results.js';

const named = (call: RpcCall) => call.objects.get('repoid') as RepoRecord;

/** The methods that RhodeCode brought. */
@RpcFamily('changesets')
export class RhodeCodeChangesetsRpc {
  constructor(private readonly changesets: RepoChangesets) {}

  @RpcMethod('get_repo_changeset', {
    requires: repo('read'),
    result: RepoChangeset,
    summary: 'Show a changeset with its parents, on request with the files that it changes and their patches',
  })
  get(@Args() args: GetRepoChangesetArgs, @Caller() call: RpcCall) {
    return this.changesets.one(call, named(call), args);
  }

  @RpcMethod('get_repo_changesets', {
    requires: repo('read'),
    result: listOf(RepoChangeset),
    summary: 'List changesets from one towards the newest, oldest first',
  })
  list(@Args() args: GetRepoChangesetsArgs, @Caller() call: RpcCall) {
    return this.changesets.list(call, named(call), args);
  }
}
