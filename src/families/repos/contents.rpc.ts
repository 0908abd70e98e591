import { repo } from '../../access/requirements.js';
import type { RpcCall } from '../../rpc/call.js';
import { Args, Caller, RpcFamily, RpcMethod } from '../../rpc/method.js';
import { GetRepoFileArgs, GetRepoFtsTreeArgs, GetRepoSettingsArgs } from './contents.dto.js';
import { RepoContents } from './repo-contents.js';
import type { RepoRecord } from './repo-record.js';
import { repoSettings } from './repo-settings.js';
import { RepoArgs } from './repos.dto.js';
import { IndexedFiles, RepoFile, RepoRefs, RepoSettings } from './contents.results.js';

const named = (call: RpcCall) => call.objects.get('repoid') as RepoRecord;

@RpcFamily('repos')
export class ContentsRpc {
  constructor(private readonly contents: RepoContents) {}

  @RpcMethod('get_repo_refs', {
    requires: repo('read'),
    result: RepoRefs,
    summary: 'List branches, closed branches, tags and bookmarks of a repository, each with its commit',
  })
  refs(@Args() _args: RepoArgs, @Caller() call: RpcCall) {
    return this.contents.refs(call, named(call));
  }

  @RpcMethod('get_repo_file', {
    requires: repo('read'),
    result: RepoFile,
    summary: 'Show a file of a revision, on request with its content',
  })
  file(@Args() args: GetRepoFileArgs, @Caller() call: RpcCall) {
    return this.contents.file(call, named(call), args);
  }

  @RpcMethod('get_repo_fts_tree', {
    requires: repo('read'),
    result: IndexedFiles,
    summary: 'List all files of a revision with their checksums, for an indexer',
  })
  ftsTree(@Args() args: GetRepoFtsTreeArgs, @Caller() call: RpcCall) {
    return this.contents.ftsTree(call, named(call), args);
  }

  @RpcMethod('get_repo_settings', {
    requires: repo('admin'),
    result: RepoSettings,
    summary: 'Show how the gateway merges and serves a repository, in words of RhodeCode',
  })
  settings(@Args() { key }: GetRepoSettingsArgs) {
    return repoSettings(key);
  }
}
