import { Injectable } from '@nestjs/common';
import type { Caller } from '../../rpc/call.js';
import { refused } from '../../rpc/errors.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VersionControl } from '../../vcs/vcs.js';
import { NODE_KINDS, orderedNodes, type NodeKind, type RepoNode } from './node-order.js';
import { asFailure } from './as-failure.js';
import type { RepoRecord } from './repo-record.js';
import type { GetRepoNodesArgs } from './repos.dto.js';

const isKind = (text: string): text is NodeKind => (NODE_KINDS as readonly string[]).includes(text);

@Injectable()
export class RepoNodes {
  constructor(
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {}

  /** Everything below a directory of a revision, which itself is not among it. */
  async list(caller: Caller, repo: RepoRecord, args: GetRepoNodesArgs): Promise<RepoNode[]> {
    const { ret_type: kind } = args;
    if (!isKind(kind)) throw refused(`ret_type must be one of ${NODE_KINDS.join()}`);
    const directory = args.root_path.replace(/^\/+|\/+$/g, '');
    const backend = this.vcs.backend(repo.repo_type);
    const path = this.root.directory(repo.repo_name);
    try {
      const rawId = await backend.resolve(path, String(args.revision), caller);
      return orderedNodes(await backend.tree(path, rawId, directory, caller), directory, kind);
    } catch (error) {
      throw asFailure(error, `failed to get repo: \`${repo.repo_name}\` nodes`);
    }
  }
}
