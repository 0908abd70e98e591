import { Injectable, Logger } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { LEVEL_WEIGHT, parsePermission } from '../../access/levels.js';
import { Rights } from '../../access/rights.js';
import { Database, type Tx } from '../../database/database.js';
import { uniqueViolation } from '../../database/pg-errors.js';
import type { Caller } from '../../rpc/call.js';
import { conflict, denied, notFound, refused, RpcFault } from '../../rpc/errors.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VcsError, VersionControl, type RepoType, type VcsBackend } from '../../vcs/vcs.js';
import { isStillThere, NameTree } from '../repo-groups/name-tree.js';
import { componentFault, isTooLong, splitName } from '../repo-groups/object-name.js';
import {
  isNameTaken,
  RepoGroupsDirectory,
  type RepoGroupRecord,
} from '../repo-groups/repo-groups.directory.js';
import type { RepoRecord } from './repo-record.js';
import { ReposDirectory } from './repos.directory.js';
import { storedChangeset } from './stored-changeset.js';

export interface NewRepo {
  name: string;
  type: RepoType;
  group: RepoGroupRecord | null;
  ownerId: number;
  private: boolean;
  description: string;
  cloneUri: string | null;
  landingRev: string;
  enableStatistics: boolean;
  enableDownloads: boolean;
  enableLocking?: boolean;
  forkOf: RepoRecord | null;
  copyPermissions: boolean;
}

/**
 * The part that creating, forking and adopting share: the row first (it reserves the name), then the directory, then
 * rights, state and event in one transaction. Whatever fails, neither row nor directory stays.
 */
@Injectable()
export class RepoCreation {
  private readonly log = new Logger('RepoCreation');

  constructor(
    private readonly db: Database,
    private readonly names: NameTree,
    private readonly repos: ReposDirectory,
    private readonly groups: RepoGroupsDirectory,
    private readonly access: Access,
    private readonly rights: Rights,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
  ) {}

  /**
   * The group that `name` would lie in, if the caller may create there: write on the group, or at the top
   * `hg.create.repository`.
   */
  async placeFor(caller: Caller, name: string): Promise<RepoGroupRecord | null> {
    const [parent] = splitName(name);
    const { principal } = caller;
    if (parent === null) {
      if (!(await this.access.hasGlobal(principal, 'hg.create.repository')))
        throw denied('hg.create.repository', 'no permission to create top level repo');
      this.access.requireScope(principal, 'repo', name);
      return null;
    }
    const group = await this.groups.byName(parent);
    if (!group) throw groupNotFound(parent);
    if (!(await this.access.has(principal, 'repoGroup', group.id, 'write'))) {
      if (!(await this.access.has(principal, 'repoGroup', group.id, 'read'))) throw groupNotFound(parent);
      throw denied('group.write', `no permission to create repo in ${parent}`);
    }
    this.access.requireScope(principal, 'repo', name);
    return group;
  }

  /**
   * @param failure the method's own text for whatever goes wrong
   * @param fill makes the directory; it must leave nothing behind when it fails. Null: it is there and stays (adopted)
   * @param finish runs in the last transaction, for the event
   */
  async create(
    caller: Caller,
    repo: NewRepo,
    failure: string,
    fill: ((backend: VcsBackend, directory: string) => Promise<void>) | null,
    finish: (tx: Tx, created: RepoRecord) => Promise<void>,
  ): Promise<RepoRecord> {
    const fault = componentFault(splitName(repo.name)[1], repo.group === null);
    if (fault) throw new RpcFault('REFUSED', failure, { detail: `the name ${fault}` });
    if (isTooLong(repo.name)) throw new RpcFault('REFUSED', failure, { detail: 'the name is too long' });
    const backend = this.vcs.backend(repo.type);
    const { reason } = await backend.version();
    if (reason) throw refused(reason);
    const repoId = await this.reserve(repo, failure);
    let isFilled = false;
    try {
      const directory = this.root.directory(repo.name);
      if (fill) {
        await fill(backend, directory);
        isFilled = true;
      }
      const last = await backend.lastChangeset(directory, caller);
      return await this.db.transaction(async (tx) => {
        await tx.query(
          `UPDATE repo SET repo_state = 'repo_state_created', last_changeset = $2,
             updated_on = coalesce(to_timestamp($3), now()) WHERE repo_id = $1`,
          [repoId, last && storedChangeset(last), last?.date ?? null],
        );
        await this.grantFirstRights(tx, repoId, repo);
        await tx.query('INSERT INTO follower (repo_id, user_id) VALUES ($1, $2)', [repoId, repo.ownerId]);
        await this.rights.changed(tx);
        await this.repos.changed(tx, repoId);
        const created = await this.repos.loadExisting(tx, repoId);
        await finish(tx, created);
        return created;
      });
    } catch (error) {
      await this.undo(repoId, isFilled ? repo.name : null);
      throw asFailure(error, failure);
    }
  }

  private async reserve(repo: NewRepo, failure: string): Promise<number> {
    return this.names.change(async (tx) => {
      if (!(await isStillThere(tx, repo.group))) throw groupNotFound(repo.group?.group_name);
      const taken = await isNameTaken(tx, repo.name);
      if (taken === 'group')
        throw new RpcFault('CONFLICT', failure, { detail: 'a repository group has that name' });
      if (taken === 'repo') throw nameTaken(repo);
      const [row] = await tx
        .query<{ repo_id: number }>(
          `INSERT INTO repo (repo_name, repo_type, group_id, owner_id, fork_id, private, description, clone_uri_sealed,
             landing_rev, enable_statistics, enable_downloads, enable_locking)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING repo_id`,
          [
            repo.name,
            repo.type,
            repo.group?.group_id ?? null,
            repo.ownerId,
            repo.forkOf?.repo_id ?? null,
            repo.private,
            repo.description || splitName(repo.name)[1],
            this.repos.sealCloneUri(repo.cloneUri),
            repo.landingRev,
            repo.enableStatistics,
            repo.enableDownloads,
            repo.enableLocking ?? false,
          ],
        )
        .catch((error: unknown) => {
          if (uniqueViolation(error)) throw nameTaken(repo);
          throw error;
        });
      return (row as { repo_id: number }).repo_id;
    });
  }

  private async grantFirstRights(tx: Tx, repoId: number, repo: NewRepo): Promise<void> {
    if (repo.copyPermissions && (repo.forkOf || repo.group)) {
      const [table, column, from] = repo.forkOf
        ? ['repo_permission', 'repo_id', repo.forkOf.repo_id]
        : ['repo_group_permission', 'group_id', repo.group?.group_id];
      await tx.query(
        `INSERT INTO repo_permission (repo_id, level, user_id, users_group_id)
         SELECT $1, CASE WHEN $3 AND user_id = ${DEFAULT_USER_ID} THEN 0 ELSE level END, user_id, users_group_id
         FROM ${table} WHERE ${column} = $2 ORDER BY permission_id`,
        [repoId, from, repo.private],
      );
      return;
    }
    await tx.query('INSERT INTO repo_permission (repo_id, user_id, level) VALUES ($1, $2, $3)', [
      repoId,
      DEFAULT_USER_ID,
      repo.private ? LEVEL_WEIGHT.none : await this.defaultLevel(),
    ]);
  }

  private async defaultLevel(): Promise<number> {
    for (const name of await this.rights.globalPermissions(DEFAULT_USER_ID)) {
      const level = parsePermission('repo', name);
      if (level !== null) return level;
    }
    return LEVEL_WEIGHT.none;
  }

  private async undo(repoId: number, filledName: string | null): Promise<void> {
    try {
      if (filledName) await this.root.moveToTrash(this.root.directory(filledName), new Date());
      await this.db.query('DELETE FROM repo WHERE repo_id = $1', [repoId]);
    } catch (error) {
      this.log.error(`could not undo the creation of repository ${repoId}: ${(error as Error).message}`);
    }
  }
}

const groupNotFound = (name: string | undefined) => notFound(`repo group \`${name}\` not found`);
const nameTaken = (repo: NewRepo) => conflict(`repo \`${repo.name}\` already exist`);

/** Refusals keep their own words; what version control said goes into `detail`. */
export function asFailure(error: unknown, failure: string): Error {
  if (error instanceof RpcFault) return error;
  if (error instanceof VcsError) {
    if (error.code === 'ABORTED')
      return new RpcFault('DEADLINE', 'Request deadline exceeded', {}, { cause: error });
    return new RpcFault('REFUSED', failure, { detail: error.message, code: error.code }, { cause: error });
  }
  return error as Error;
}
