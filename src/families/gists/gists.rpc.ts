import { authenticated, decidedBy } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import { gistCreated, gistDeleted, gistUpdated } from '../../sdk/index.js';
import { GistReader } from './gist-reader.js';
import { CreateGistArgs, DeleteGistArgs, GetGistArgs, GetGistsArgs, UpdateGistArgs } from './gists.dto.js';
import { GistsService } from './gists.service.js';
import { listOf } from '../../rpc/result-shapes.js';
import { ChangedGist, DeletedGist, Gist, GistDetails } from './gists.results.js';

@RpcFamily('gists')
export class GistsRpc {
  constructor(
    private readonly reader: GistReader,
    private readonly gists: GistsService,
  ) {}

  @RpcMethod('get_gist', {
    requires: decidedBy('a public gist: any user; a private one: its owner or a super admin'),
    result: GistDetails,
    summary: 'Show a gist, on request with the content of its files',
  })
  get(@Args() args: GetGistArgs, @Caller() call: RpcCall) {
    return this.reader.get(call, args);
  }

  @RpcMethod('get_gists', {
    requires: decidedBy('oneself; of others super admins list all gists, everybody else the public ones'),
    result: listOf(Gist),
    summary: 'List the gists of a user that have not expired, newest first',
  })
  list(@Args() args: GetGistsArgs, @Caller() call: RpcCall) {
    return this.reader.list(call, args);
  }

  @RpcMethod('create_gist', {
    requires: authenticated(),
    result: ChangedGist,
    emits: [gistCreated],
    summary: 'Create a gist; in the name of another only as super admin',
  })
  create(@Args() args: CreateGistArgs, @Caller() call: RpcCall) {
    return this.gists.create(call, args);
  }

  @RpcMethod('update_gist', {
    requires: decidedBy('owner of the gist or super admin'),
    result: ChangedGist,
    emits: [gistUpdated],
    summary: 'Change what is given of a gist: files, description, lifetime',
  })
  update(@Args() args: UpdateGistArgs, @Caller() call: RpcCall) {
    return this.gists.update(call, args);
  }

  @RpcMethod('delete_gist', {
    requires: decidedBy('owner of the gist or super admin'),
    result: DeletedGist,
    emits: [gistDeleted],
    summary: 'Delete a gist for good',
  })
  delete(@Args() args: DeleteGistArgs, @Caller() call: RpcCall) {
    return this.gists.delete(call, args.gistid);
  }
}
