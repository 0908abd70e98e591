import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.js';
import { Outbox, type Recording } from '../../events/outbox.js';
import type { Caller } from '../../rpc/call.js';
import type { EventContract, RepoGroupShape } from '../../sdk/index.js';
import { recordedBy } from '../users/recorded-by.js';
import type { DescribedRepoGroup } from './repo-group-reader.js';
import { toRepoGroupView } from './repo-group.view.js';

/** Records events about a repository group; its own subscriptions hear of them, and recursive ones above it. */
@Injectable()
export class RepoGroupEvents {
  constructor(private readonly outbox: Outbox) {}

  record<Type extends string, Data extends { repo_group: RepoGroupShape }>(
    tx: Tx,
    contract: EventContract<Type, Data>,
    caller: Caller,
    group: DescribedRepoGroup,
    more: Omit<Data, 'repo_group'>,
  ): Promise<number> {
    const recording = {
      ...recordedBy(caller),
      groupIds: group.group_ids,
      data: { repo_group: toRepoGroupView(group), ...more },
    } as unknown as Recording<Data>;
    return this.outbox.record(tx, contract, recording);
  }
}
