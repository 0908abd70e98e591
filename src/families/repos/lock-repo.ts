import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import type { Caller } from '../../rpc/call.js';
import { RpcFault } from '../../rpc/errors.js';
import { localDateTime } from '../../rpc/wire-date.js';
import type { UserRecord } from '../users/user.view.js';
import { UsersDirectory } from '../users/users.directory.js';
import type { LockReason, RepoLock } from './repo-lock-record.js';
import type { LockArgs } from './repo-locks.dto.js';
import { RepoLocks } from './repo-locks.js';
import type { RepoRecord } from './repo-record.js';

export interface LockAnswer {
  repo: string;
  locked: boolean;
  /** Unix seconds with milliseconds. */
  locked_since: number | null;
  /** After unlocking: in whose name that was done. */
  locked_by: string | null;
  lock_reason: LockReason | null;
  lock_state_changed: boolean;
  msg: string;
}

/** The `lock` method: shows, sets and takes away the lock of a repository. */
@Injectable()
export class LockRepo {
  constructor(
    private readonly locks: RepoLocks,
    private readonly users: UsersDirectory,
    private readonly access: Access,
  ) {}

  /** Only super admins lock and unlock in another's name; only the holder and administrators end a lock. */
  async run(caller: Caller, repo: RepoRecord, { locked, userid }: LockArgs): Promise<LockAnswer> {
    const user = await this.users.requireOwn(caller.principal, userid);
    if (locked === undefined) return stateOf(repo, await this.locks.current(repo));
    const mayBreak = await this.access.has(caller.principal, 'repo', repo.id, 'admin');
    const { isChanged, lock } = await this.locks.change(caller, repo, (held) => {
      if (held && held.user_id !== user.user_id && !mayBreak) throw heldByAnother(repo, held);
      if (!locked) return held ? 'unlock' : 'keep';
      return held?.user_id === user.user_id ? 'keep' : { userId: user.user_id, reason: 'lock_api' };
    });
    return answer(repo, lock, user, isChanged);
  }
}

const heldByAnother = (repo: RepoRecord, { username }: RepoLock) =>
  new RpcFault('CONFLICT', `Error occurred locking repository \`${repo.repo_name}\``, {
    detail: `\`${username}\` holds it; a repository administrator may end that`,
  });

function answer(repo: RepoRecord, lock: RepoLock | null, user: UserRecord, isChanged: boolean): LockAnswer {
  const state = lock ? 'True' : 'False';
  return {
    repo: repo.repo_name,
    ...membersOf(lock),
    locked_by: user.username,
    lock_state_changed: isChanged,
    msg: `User \`${user.username}\` set lock state for repo \`${repo.repo_name}\` to \`${state}\``,
  };
}

function stateOf(repo: RepoRecord, lock: RepoLock | null): LockAnswer {
  const name = `Repo \`${repo.repo_name}\``;
  return {
    repo: repo.repo_name,
    ...membersOf(lock),
    lock_state_changed: false,
    // The date is JSON, quotes included
    msg: lock
      ? `${name} locked by \`${lock.username}\` on \`${JSON.stringify(localDateTime(lock.since))}\`.`
      : `${name} not locked.`,
  };
}

const membersOf = (lock: RepoLock | null) => ({
  locked: lock !== null,
  locked_since: lock && lock.since.getTime() / 1000,
  locked_by: lock && lock.username,
  lock_reason: lock && lock.reason,
});
