import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.js';
import { Outbox, type Recording } from '../../events/outbox.js';
import type { Caller } from '../../rpc/call.js';
import type { EventContract, RepositoryRef, RepoShape } from '../../sdk/index.js';
import { recordedBy } from '../users/recorded-by.js';
import type { RepoRecord } from './repo-record.js';
import { toRepoShape } from './repo.view.js';
import { ReposDirectory } from './repos.directory.js';

/** Records events about a repository, with its scope and the caller filled in. */
@Injectable()
export class RepoEvents {
  constructor(
    private readonly outbox: Outbox,
    private readonly repos: ReposDirectory,
  ) {}

  shape(repo: RepoRecord): RepoShape {
    return toRepoShape(repo, this.repos.maskedCloneUri(repo));
  }

  record<Type extends string, Data extends { repository: RepositoryRef }>(
    tx: Tx,
    contract: EventContract<Type, Data>,
    caller: Caller,
    repo: RepoRecord,
    data: Omit<Data, 'repository'>,
  ): Promise<number> {
    const recording = {
      ...recordedBy(caller),
      groupIds: repo.group_ids,
      repository: this.repos.ref(repo),
      data,
    } as unknown as Recording<Data>;
    return this.outbox.record(tx, contract, recording);
  }
}
