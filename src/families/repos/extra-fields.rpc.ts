import { repo } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import { repoUpdated } from '../../sdk/index.js';
import { CreateExtraFieldArgs, ExtraFieldArgs, UpdateExtraFieldArgs } from './extra-fields.dto.js';
import { ExtraFields } from './extra-fields.js';
import type { RepoRecord } from './repo-record.js';
import { RepoArgs } from './repos.dto.js';
import { listOf } from '../../rpc/result-shapes.js';
import { ChangedExtraField, Done, ExtraField } from './repos.results.js';

const named = (call: RpcCall) => call.objects.get('repoid') as RepoRecord;

@RpcFamily('repos')
export class ExtraFieldsRpc {
  constructor(private readonly fields: ExtraFields) {}

  @RpcMethod('create_repo_extra_field', {
    requires: repo('admin'),
    result: ChangedExtraField,
    emits: [repoUpdated],
    summary: 'Add a field to a repository, shown as `ex_<key>` while the setting `repository_fields` is on',
  })
  create(@Args() args: CreateExtraFieldArgs, @Caller() call: RpcCall) {
    return this.fields.create(call, named(call), args);
  }

  @RpcMethod('get_repo_extra_fields', {
    requires: repo('admin'),
    result: listOf(ExtraField),
    summary: 'List the extra fields of a repository with their labels, whether they are shown or not',
  })
  list(@Args() _args: RepoArgs, @Caller() call: RpcCall) {
    return this.fields.list(named(call));
  }

  @RpcMethod('update_repo_extra_field', {
    requires: repo('admin'),
    result: ChangedExtraField,
    emits: [repoUpdated],
    summary: 'Change what is given of an extra field',
  })
  update(@Args() args: UpdateExtraFieldArgs, @Caller() call: RpcCall) {
    return this.fields.update(call, named(call), args);
  }

  @RpcMethod('delete_repo_extra_field', {
    requires: repo('admin'),
    result: Done,
    emits: [repoUpdated],
    summary: 'Delete an extra field with its value',
  })
  delete(@Args() args: ExtraFieldArgs, @Caller() call: RpcCall) {
    return this.fields.delete(call, named(call), args);
  }
}
