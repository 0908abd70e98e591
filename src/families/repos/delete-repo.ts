import { Injectable, Logger } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { doesNotExist } from '../../access/object-directory.js';
import { Rights } from '../../access/rights.js';
import { Database, type Row, type Sql, type Tx } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { refused, RpcFault } from '../../rpc/errors.js';
import { repoDeleted } from '../../sdk/index.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import type { RepoType } from '../../vcs/vcs.js';
import { DirectoryMoves } from '../repo-groups/directory-moves.js';
import { WebhooksService } from '../webhooks/webhooks.service.js';
import { RepoEvents } from './repo-events.js';
import { RepoPolicies } from './repo-policies.js';
import type { RepoRecord } from './repo-record.js';
import { ReposDirectory } from './repos.directory.js';

interface Doomed extends Row {
  repo_id: number;
  repo_name: string;
  repo_type: RepoType;
}

/** Forks of forks too, the farthest first. */
const WITH_FORKS = `
  WITH RECURSIVE down AS (
    SELECT repo_id, repo_name, repo_type, 0 AS depth FROM repo WHERE repo_id = $1
    UNION ALL
    SELECT r.repo_id, r.repo_name, r.repo_type, down.depth + 1 FROM repo r JOIN down ON r.fork_id = down.repo_id)
  SELECT repo_id, repo_name, repo_type FROM down ORDER BY depth DESC, repo_id`;
const ALONE = 'SELECT repo_id, repo_name, repo_type FROM repo WHERE repo_id = $1';

@Injectable()
export class DeleteRepo {
  private readonly log = new Logger('DeleteRepo');

  constructor(
    private readonly db: Database,
    private readonly access: Access,
    private readonly moves: DirectoryMoves,
    private readonly repos: ReposDirectory,
    private readonly rights: Rights,
    private readonly events: RepoEvents,
    private readonly webhooks: WebhooksService,
    private readonly root: RepoRoot,
    private readonly policies: RepoPolicies,
  ) {}

  /** Rows go, directories are renamed beside themselves (`rm__...`), from where they can be restored. */
  async run(caller: Caller, repo: RepoRecord, forks: string): Promise<{ msg: string; success: true }> {
    const failure = `failed to delete repository \`${repo.repo_name}\``;
    const doomedIn = (sql: Sql) => sql.query<Doomed>(forks === 'delete' ? WITH_FORKS : ALONE, [repo.repo_id]);
    try {
      const doomed = await doomedIn(this.db);
      await this.requireAll(caller, doomed, failure);
      await this.policies.requireDeletion(caller, doomed, failure);
      const now = new Date();
      const moves = doomed.map(({ repo_name: from }) => ({ from, to: this.root.trashFor(from, now) }));
      const suffix = await this.moves.runAll(moves, async (tx, move) => {
        const present = await doomedIn(tx);
        if (present.length === 0) throw doesNotExist('repo', repo.repo_name);
        if (JSON.stringify(present) !== JSON.stringify(doomed))
          throw new RpcFault('CONFLICT', failure, { detail: 'it was changed at the same moment' });
        return this.delete(tx, caller, repo, forks, doomed, move);
      });
      return { msg: `Deleted repository \`${repo.repo_name}\`${suffix}`, success: true };
    } catch (error) {
      if (error instanceof RpcFault) throw error;
      throw refused(failure, error);
    }
  }

  /** Forks belong to others, so that admin on their parent is not enough; which of them it is may be hidden. */
  private async requireAll({ principal }: Caller, doomed: readonly Doomed[], failure: string): Promise<void> {
    for (const { repo_id, repo_name } of doomed) {
      const isAdmin = await this.access.has(principal, 'repo', repo_id, 'admin');
      if (isAdmin && this.access.isInScope(principal, 'repo', repo_name)) continue;
      throw new RpcFault('DENIED', failure, {
        missing: 'repository.admin',
        detail: 'a fork may not be deleted with it: you are no admin of all of them',
      });
    }
  }

  private async delete(
    tx: Tx,
    caller: Caller,
    repo: RepoRecord,
    forks: string,
    doomed: readonly Doomed[],
    move: (name: string) => Promise<void>,
  ): Promise<string> {
    const children = await tx.query<{ repo_id: number }>(
      'SELECT repo_id FROM repo WHERE fork_id = $1 ORDER BY repo_id FOR UPDATE',
      [repo.repo_id],
    );
    if (children.length > 0 && forks === '') {
      throw refused(`Cannot delete \`${repo.repo_name}\` it still contains attached forks`);
    }
    for (const { repo_id } of doomed) await this.forget(tx, caller, repo_id);
    for (const { repo_id } of children) await this.repos.changed(tx, repo_id);
    await this.rights.changed(tx);
    for (const { repo_name } of doomed) {
      if (this.root.isTaken(repo_name)) await move(repo_name);
      else this.log.warn(`repository \`${repo_name}\` had no directory`);
    }
    if (forks === 'detach') return ` Detached ${children.length} forks`;
    return forks === 'delete' ? ` Deleted ${children.length} forks` : '';
  }

  /** Everything but its directory, which is the caller's to move. @returns the repository as it was */
  async forget(tx: Tx, caller: Caller, repoId: number): Promise<RepoRecord> {
    const record = await this.repos.loadExisting(tx, repoId);
    await this.events.record(tx, repoDeleted, caller, record, { repo: this.events.shape(record) });
    await this.webhooks.retireRepo(tx, repoId);
    await tx.query('DELETE FROM repo WHERE repo_id = $1', [repoId]);
    await this.repos.changed(tx, repoId);
    return record;
  }
}
