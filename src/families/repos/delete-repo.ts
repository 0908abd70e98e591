import { Injectable } from '@nestjs/common';
import { Rights } from '../../access/rights.js';
import type { Tx } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { refused, RpcFault } from '../../rpc/errors.js';
import { repoDeleted } from '../../sdk/index.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VersionControl } from '../../vcs/vcs.js';
import { NameTree } from '../repo-groups/name-tree.js';
import { WebhooksService } from '../webhooks/webhooks.service.js';
import { RepoEvents } from './repo-events.js';
import type { RepoRecord } from './repo-record.js';
import { ReposDirectory } from './repos.directory.js';

@Injectable()
export class DeleteRepo {
  constructor(
    private readonly names: NameTree,
    private readonly repos: ReposDirectory,
    private readonly rights: Rights,
    private readonly events: RepoEvents,
    private readonly webhooks: WebhooksService,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {}

  /** Rows go, directories are renamed beside themselves (`rm__...`), from where they can be restored. */
  async run(caller: Caller, repo: RepoRecord, forks: string): Promise<{ msg: string; success: true }> {
    const trashed: { from: string; to: string }[] = [];
    try {
      const suffix = await this.names.change((tx) => this.delete(tx, caller, repo, forks, trashed));
      return { msg: `Deleted repository \`${repo.repo_name}\`${suffix}`, success: true };
    } catch (error) {
      for (const { from, to } of trashed.reverse()) await this.root.move(to, from);
      if (error instanceof RpcFault) throw error;
      throw new RpcFault(
        'REFUSED',
        `failed to delete repository \`${repo.repo_name}\``,
        {},
        { cause: error },
      );
    }
  }

  private async delete(
    tx: Tx,
    caller: Caller,
    repo: RepoRecord,
    forks: string,
    trashed: { from: string; to: string }[],
  ): Promise<string> {
    await tx.query('SELECT 1 FROM repo WHERE repo_id = $1 FOR UPDATE', [repo.repo_id]);
    const children = await tx.query<{ repo_id: number }>(
      'SELECT repo_id FROM repo WHERE fork_id = $1 ORDER BY repo_id FOR UPDATE',
      [repo.repo_id],
    );
    if (children.length > 0 && forks === '') {
      throw refused(`Cannot delete \`${repo.repo_name}\` it still contains attached forks`);
    }
    const doomed = forks === 'delete' ? await this.withForks(tx, repo.repo_id) : [repo.repo_id];
    for (const repoId of doomed) {
      await this.trash(await this.forget(tx, caller, repoId), trashed);
    }
    for (const { repo_id } of children) await this.repos.changed(tx, repo_id);
    await this.rights.changed(tx);
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

  /** Forks of forks too, the farthest first. */
  private async withForks(tx: Tx, repoId: number): Promise<number[]> {
    const rows = await tx.query<{ repo_id: number }>(
      `WITH RECURSIVE down AS (
         SELECT repo_id, 0 AS depth FROM repo WHERE repo_id = $1
         UNION ALL SELECT r.repo_id, down.depth + 1 FROM repo r JOIN down ON r.fork_id = down.repo_id)
       SELECT repo_id FROM down ORDER BY depth DESC, repo_id`,
      [repoId],
    );
    return rows.map((row) => row.repo_id);
  }

  private async trash(repo: RepoRecord, trashed: { from: string; to: string }[]): Promise<void> {
    const from = this.root.directory(repo.repo_name);
    await this.vcs.backend(repo.repo_type).release(from);
    const to = await this.root.moveToTrash(from, new Date());
    if (to !== null) trashed.push({ from, to });
  }
}
