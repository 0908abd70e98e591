import { Injectable } from '@nestjs/common';
import { doesNotExist } from '../../access/object-directory.js';
import { Rights } from '../../access/rights.js';
import type { Tx } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { repoGroupUpdated } from '../../sdk/index.js';
import { previousValues } from '../users/previous-values.js';
import { RepoGroupEvents } from './repo-group-events.js';
import { describeRepoGroup, type DescribedRepoGroup } from './repo-group-reader.js';
import { toRepoGroupView } from './repo-group.view.js';

export type RepoGroupColumns = {
  group_description?: string;
  owner_id?: number;
  parent_id?: number | null;
};

/** Changes the row of a group, and records what changed by it. */
@Injectable()
export class RepoGroupWriter {
  constructor(
    private readonly rights: Rights,
    private readonly events: RepoGroupEvents,
  ) {}

  /** @param rename runs between the two looks at the group whose difference the event tells */
  async change(
    tx: Tx,
    caller: Caller,
    { group_id, group_name }: { group_id: number; group_name: string },
    columns: RepoGroupColumns,
    rename?: () => Promise<void>,
  ): Promise<DescribedRepoGroup> {
    const [locked] = await tx.query('SELECT 1 FROM repo_group WHERE group_id = $1 FOR UPDATE', [group_id]);
    if (!locked) throw doesNotExist('repoGroup', group_name);
    const before = await describeRepoGroup(tx, group_id);
    for (const [column, value] of Object.entries(columns))
      await tx.query(`UPDATE repo_group SET ${column} = $2 WHERE group_id = $1`, [group_id, value]);
    await rename?.();
    await this.rights.changed(tx);
    const after = await describeRepoGroup(tx, group_id);
    const previous = previousValues(toRepoGroupView(before), toRepoGroupView(after));
    // They follow from the name, and have events of their own
    delete previous.repositories;
    if (Object.keys(previous).length > 0)
      await this.events.record(tx, repoGroupUpdated, caller, after, { previous });
    return after;
  }
}
