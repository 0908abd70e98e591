import { Injectable } from '@nestjs/common';
import type { Caller } from '../../rpc/call.js';
import { refused } from '../../rpc/errors.js';
import type { RepoType } from '../../vcs/vcs.js';
import { Policies } from './policies.js';

/** A repository that somebody is about to make or to delete; a fork is made too. */
export interface ProposedRepo {
  readonly caller: Caller;
  readonly action: 'create' | 'delete';
  /** Null before it is made. */
  readonly repo_id: number | null;
  readonly repo_name: string;
  readonly repo_type: RepoType;
}

/** Asks everybody who may refuse that a repository is made or deleted. */
@Injectable()
export class RepoPolicies extends Policies<ProposedRepo> {
  /** @param failure the method's own text, which the reason follows. @throws RpcFault REFUSED */
  async require(proposal: ProposedRepo, failure: string): Promise<void> {
    const reason = await this.verdict(proposal);
    if (reason !== null) throw refused(`${failure}: ${reason}`);
  }

  /** Every one of them is asked for: who deletes a parent or a group deletes what hangs on it. @throws RpcFault REFUSED */
  async requireDeletion(
    caller: Caller,
    repos: readonly Pick<ProposedRepo, 'repo_name' | 'repo_type' | 'repo_id'>[],
    failure: string,
  ): Promise<void> {
    for (const { repo_id, repo_name, repo_type } of repos)
      await this.require({ caller, action: 'delete', repo_id, repo_name, repo_type }, failure);
  }
}
