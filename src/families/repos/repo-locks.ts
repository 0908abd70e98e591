import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { doesNotExist } from '../../access/object-directory.js';
import { Database, type Tx } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { conflict } from '../../rpc/errors.js';
import { repoLocked, repoUnlocked } from '../../sdk/index.js';
import { RepoEvents } from './repo-events.js';
import { lockOf, toRepoLockShape, type LockReason, type RepoLock } from './repo-lock-record.js';
import type { RepoRecord } from './repo-record.js';
import { ReposDirectory } from './repos.directory.js';

type Repo = Pick<RepoRecord, 'repo_id' | 'repo_name' | 'enable_locking'>;

/** What shall be: a holder, nobody, or `keep` for what is. */
type Decision = { userId: number; reason: LockReason } | 'unlock' | 'keep';

/**
 * Keeps a repository for one user: while it is locked, nobody else pushes, super admins included; everybody may still
 * read. What serves git and Mercurial clients asks before a push (`checkPush`) and tells what was done (`onPull`, `onPush`).
 */
@Injectable()
export class RepoLocks {
  constructor(
    private readonly db: Database,
    private readonly repos: ReposDirectory,
    private readonly access: Access,
    private readonly events: RepoEvents,
  ) {}

  current(repo: Repo): Promise<RepoLock | null> {
    return lockOf(this.db, repo.repo_id);
  }

  /** @throws RpcFault CONFLICT when somebody else holds the repository */
  async checkPush(caller: Caller, repo: Repo): Promise<void> {
    const lock = await this.current(repo);
    if (lock && lock.user_id !== caller.principal.userId)
      throw conflict(`Repository \`${repo.repo_name}\` locked by user \`${lock.username}\``);
  }

  /**
   * After a client fetched: where `enable_locking` is on, the pull of one who may push locks.
   * @returns the lock that was made; null when there was one already, or none is wanted
   */
  async onPull(caller: Caller, repo: Repo): Promise<RepoLock | null> {
    const { principal } = caller;
    if (!repo.enable_locking || principal.userId === DEFAULT_USER_ID) return null;
    if (!(await this.access.has(principal, 'repo', repo.repo_id, 'write'))) return null;
    const { isChanged, lock } = await this.change(caller, repo, (held) =>
      held ? 'keep' : { userId: principal.userId, reason: 'lock_pull' },
    );
    return isChanged ? lock : null;
  }

  /**
   * After a push was stored: where `enable_locking` is on, the holder's push unlocks.
   * @returns whether it did
   */
  async onPush(caller: Caller, repo: Repo): Promise<boolean> {
    if (!repo.enable_locking) return false;
    const { isChanged } = await this.change(caller, repo, (held) =>
      held?.user_id === caller.principal.userId ? 'unlock' : 'keep',
    );
    return isChanged;
  }

  /**
   * @param decide sees who holds the repository while nobody else can change it; what it throws changes nothing
   * @returns the lock as it is afterwards
   */
  async change(
    caller: Caller,
    repo: Repo,
    decide: (held: RepoLock | null) => Decision,
  ): Promise<{ isChanged: boolean; lock: RepoLock | null }> {
    return this.db.transaction(async (tx) => {
      const [row] = await tx.query('SELECT 1 FROM repo WHERE repo_id = $1 FOR UPDATE', [repo.repo_id]);
      if (!row) throw doesNotExist('repo', repo.repo_name);
      const held = await lockOf(tx, repo.repo_id);
      const decision = decide(held);
      if (decision === 'keep') return { isChanged: false, lock: held };
      const lock = await this.write(tx, repo.repo_id, decision === 'unlock' ? null : decision);
      await this.tell(tx, caller, repo.repo_id, held, lock);
      return { isChanged: true, lock };
    });
  }

  private async write(
    tx: Tx,
    repoId: number,
    holder: { userId: number; reason: LockReason } | null,
  ): Promise<RepoLock | null> {
    await tx.query(
      `UPDATE repo SET locked_by = $2, lock_reason = $3,
         locked_on = CASE WHEN $2::int IS NULL THEN NULL ELSE date_trunc('milliseconds', now()) END
       WHERE repo_id = $1`,
      [repoId, holder?.userId ?? null, holder?.reason ?? null],
    );
    return lockOf(tx, repoId);
  }

  private async tell(
    tx: Tx,
    caller: Caller,
    repoId: number,
    before: RepoLock | null,
    after: RepoLock | null,
  ): Promise<void> {
    const record = await this.repos.loadExisting(tx, repoId);
    const repo = this.events.shape(record);
    if (before) {
      const previous = { lock: toRepoLockShape(before) };
      await this.events.record(tx, repoUnlocked, caller, record, { repo, previous });
    }
    if (after)
      await this.events.record(tx, repoLocked, caller, record, { repo, lock: toRepoLockShape(after) });
  }
}
