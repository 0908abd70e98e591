import { Injectable } from '@nestjs/common';
import type { Tx } from '../../database/database.js';
import type { RunningJob } from '../../jobs/job.js';
import type { Caller } from '../../rpc/call.js';
import { repoGroupUpdated, repoUpdated, type RepoUpdated } from '../../sdk/index.js';
import { RepoEvents } from '../repos/repo-events.js';
import { selectRepos, type RepoRecord } from '../repos/repo-record.js';
import { ReposDirectory } from '../repos/repos.directory.js';
import type { Failed } from './failing.js';
import { MAX_PATH_LENGTH } from './object-name.js';
import { RepoGroupEvents } from './repo-group-events.js';
import { describeRepoGroups } from './repo-group-reader.js';
import { ANCESTOR_IDS, SUBTREE_IDS } from './repo-groups.directory.js';
import { renamed, ScopesBelow } from './scopes-below.js';

interface Renaming {
  group_id: number;
  from: string;
  to: string;
}

const INVENTORY = `
  SELECT below.ids,
    greatest((SELECT max(length(g.group_name)) FROM repo_group g WHERE g.group_id = ANY (below.ids)),
             (SELECT max(length(r.repo_name)) FROM repo r WHERE r.group_id = ANY (below.ids))) AS longest
  FROM (SELECT ${SUBTREE_IDS('$1::int')} AS ids) AS below`;

const REPOS = selectRepos(
  `, ${ANCESTOR_IDS('r.group_id')} AS group_ids`,
  'WHERE r.group_id = ANY ($1) ORDER BY r.repo_name',
);

/** The full names of everything below a group that gets another name, and one event for each. */
@Injectable()
export class RenameBelow {
  constructor(
    private readonly groupEvents: RepoGroupEvents,
    private readonly repoEvents: RepoEvents,
    private readonly repos: ReposDirectory,
    private readonly scopes: ScopesBelow,
  ) {}

  /** @returns ids of the group and of those below it */
  async rename(
    tx: Tx,
    { principal }: Caller,
    { group_id, from, to }: Renaming,
    failed: Failed,
  ): Promise<number[]> {
    await this.scopes.require(tx, principal, group_id, renamed(from, to));
    const [found] = await tx.query<{ ids: number[]; longest: number }>(INVENTORY, [group_id]);
    const { ids = [], longest = 0 } = found ?? {};
    if (longest - from.length + to.length > MAX_PATH_LENGTH)
      throw failed('a name below it would be too long');
    await tx.query(
      `UPDATE repo_group SET group_name = $2 || substr(group_name, length($3) + 1) WHERE group_id = ANY ($1)`,
      [ids, to, from],
    );
    await tx.query(
      `UPDATE repo SET repo_name = $2 || substr(repo_name, length($3) + 1) WHERE group_id = ANY ($1)`,
      [ids, to, from],
    );
    await this.repos.changed(tx);
    return ids;
  }

  /** @param ids as {@link rename} returned them; the group itself is left to the caller */
  async record(
    tx: Tx,
    { caller, progress }: RunningJob,
    { group_id, from, to }: Renaming,
    ids: readonly number[],
  ): Promise<void> {
    const before = (name: string) => (name.startsWith(`${to}/`) ? from + name.slice(to.length) : name);
    const below = ids.filter((id) => id !== group_id);
    for (const group of await describeRepoGroups(tx, below)) {
      const previous = {
        group_name: before(group.group_name),
        parent_group: group.parent_group === to ? from : before(group.parent_group ?? ''),
      };
      await this.groupEvents.record(tx, repoGroupUpdated, caller, group, { previous });
    }
    const repos = await tx.query<RepoRecord>(REPOS, [ids]);
    for (const [done, repo] of repos.entries()) {
      caller.signal.throwIfAborted();
      const previous: RepoUpdated['previous'] = { repo_name: before(repo.repo_name) };
      if (repo.fork_of?.startsWith(`${to}/`)) previous.fork_of = before(repo.fork_of);
      await this.repoEvents.record(tx, repoUpdated, caller, repo, {
        repo: this.repoEvents.shape(repo),
        previous,
      });
      progress({ done: done + 1, total: repos.length, text: 'Renaming repositories' });
    }
  }
}
