import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { asGiven } from '../../access/object-directory.js';
import { LEVEL_WEIGHT } from '../../access/levels.js';
import { Database } from '../../database/database.js';
import type { Caller, Principal } from '../../rpc/call.js';
import { notFound } from '../../rpc/errors.js';
import { localDateTime } from '../../rpc/wire-date.js';
import { toUserView, USER_COLUMNS, type UserRecord, type UserView } from '../users/user.view.js';
import { UsersDirectory } from '../users/users.directory.js';
import type { LockReason } from './repo-lock-record.js';
import type { GetLocksArgs } from './repo-locks.dto.js';
import { RepoQuery, type ListedRepo } from './repo-query.js';
import { toRepoView, type RepoView } from './repo.view.js';
import { ReposDirectory } from './repos.directory.js';
import type { GetReposArgs, RepoPageArgs } from './repos.dto.js';

type LockedRepo = RepoView & {
  enable_locking: boolean;
  locked_by: UserView;
  locked_date: string;
  lock_reason: LockReason;
};

/** Lists of repositories that the caller may read, by name; a fixed number of queries whatever their length. */
@Injectable()
export class RepoLists {
  constructor(
    private readonly db: Database,
    private readonly repos: ReposDirectory,
    private readonly users: UsersDirectory,
    private readonly access: Access,
  ) {}

  async list({ principal }: Caller, args: GetReposArgs): Promise<RepoView[]> {
    const query = new RepoQuery(principal);
    if (args.name !== undefined) query.where('r.repo_name ILIKE ?', likePattern(args.name));
    if (args.repo_type !== undefined) query.where('r.repo_type = ?', args.repo_type);
    await this.restrictToGroup(query, principal, args);
    if (args.owner !== undefined) {
      const owner = await this.users.find(args.owner);
      // No refusal: it would tell everybody which accounts exist
      if (!owner) return [];
      query.where('r.owner_id = ?', owner.user_id);
    }
    if (args.fork_of !== undefined) {
      const parent = await this.access.require(principal, 'repo', args.fork_of, 'read');
      query.where('r.fork_id = ?', parent.id);
    }
    const rows = await this.page(query, principal, args);
    return rows.map((repo) => this.view(principal, repo));
  }

  /** Locked ones, with the lock as old clients know it. */
  async locked({ principal }: Caller, args: GetLocksArgs): Promise<LockedRepo[]> {
    const query = new RepoQuery(principal).with(
      `r.locked_on, r.lock_reason, ${USER_COLUMNS}`,
      'JOIN "user" u ON u.user_id = r.locked_by',
    );
    if (args.userid !== undefined) {
      const holder = await this.users.requireOwn(principal, args.userid);
      query.where('r.locked_by = ?', holder.user_id);
    }
    const rows = await this.page<UserRecord & { locked_on: Date; lock_reason: LockReason }>(
      query,
      principal,
      args,
    );
    return rows.map((repo) => ({
      ...this.view(principal, repo),
      enable_locking: repo.enable_locking,
      locked_by: toUserView(repo),
      locked_date: localDateTime(repo.locked_on),
      lock_reason: repo.lock_reason,
    }));
  }

  /** Those that one user holds, the caller unless somebody else is named. */
  lockedBy(caller: Caller, { userid = caller.principal.userId, limit, cursor }: GetLocksArgs) {
    return this.locked(caller, { userid, limit, cursor });
  }

  private async restrictToGroup(
    query: RepoQuery,
    principal: Principal,
    { group: given, traverse }: GetReposArgs,
  ): Promise<void> {
    if (given === undefined || given === '') {
      if (!traverse) query.where('r.group_id IS NULL');
      return;
    }
    const group = await this.access.find('repoGroup', given);
    if (!group || !(await this.access.has(principal, 'repoGroup', group.id, 'read')))
      throw notFound(`Root repository group \`${asGiven(given)}\` does not exist`);
    if (traverse) query.where('starts_with(r.repo_name, ?)', `${group.name}/`);
    else query.where('r.group_id = ?', group.id);
  }

  private async page<More extends object = object>(
    query: RepoQuery,
    principal: Principal,
    { limit, cursor }: RepoPageArgs,
  ): Promise<(ListedRepo & More)[]> {
    if (cursor !== undefined) query.where('r.repo_name > ?', cursor);
    // What a key's scopes hide is known only here, so that a page of such a key is cut here too
    const rows = await query.rows<More>(this.db, principal.scopes === null ? limit : undefined);
    return rows.filter((repo) => this.access.isInScope(principal, 'repo', repo.repo_name)).slice(0, limit);
  }

  private view(principal: Principal, listed: ListedRepo): RepoView {
    const { fork_of, parent_level } = listed;
    const seesParent =
      (parent_level ?? 0) >= LEVEL_WEIGHT.read && this.access.isInScope(principal, 'repo', fork_of ?? '');
    const repo = seesParent ? listed : { ...listed, fork_of: null };
    const isAdmin = repo.level >= LEVEL_WEIGHT.admin;
    return toRepoView(repo, isAdmin ? this.repos.cloneUri(repo) : this.repos.maskedCloneUri(repo));
  }
}

/** For ILIKE, where `*` is the only wildcard. */
const likePattern = (name: string) => name.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');
