import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { Rights } from '../../access/rights.js';
import type { Tx } from '../../database/database.js';
import { uniqueViolation } from '../../database/pg-errors.js';
import { JobQueue } from '../../jobs/job-queue.js';
import type { Caller } from '../../rpc/call.js';
import { conflict, denied, notFound, refused, RpcFault } from '../../rpc/errors.js';
import { repoCreated } from '../../sdk/index.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VcsError, VersionControl, type RepoType } from '../../vcs/vcs.js';
import { isStillThere, NameTree } from '../repo-groups/name-tree.js';
import { componentFault, isTooLong, splitName } from '../repo-groups/object-name.js';
import {
  isNameTaken,
  RepoGroupsDirectory,
  type RepoGroupRecord,
} from '../repo-groups/repo-groups.directory.js';
import { RepoGroupsService } from '../repo-groups/repo-groups.service.js';
import { asFailure } from './as-failure.js';
import { firstState, markCreated, type CreationArgs } from './creation-job.js';
import { FirstRights } from './first-rights.js';
import { RepoEvents } from './repo-events.js';
import type { RepoRecord } from './repo-record.js';
import { RepoPolicies } from './repo-policies.js';
import { requireReady } from './repo-state.js';
import { ReposDirectory } from './repos.directory.js';

export interface NewRepo {
  name: string;
  type: RepoType;
  /** Where it lies; where groups are missing, the deepest one that is there. */
  group: RepoGroupRecord | null;
  /** Full names of the groups between `group` and the repository, the outermost first. */
  missingGroups?: readonly string[];
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

export interface RepoPlace {
  group: RepoGroupRecord | null;
  missingGroups: readonly string[];
}

/**
 * The beginning that creating, forking and adopting share: a row that reserves the name. Creating and forking go on in
 * a job that belongs to that row from its first moment, so that a row in the state `pending` always has somebody who
 * finishes it or takes it away.
 */
@Injectable()
export class RepoCreation {
  constructor(
    private readonly names: NameTree,
    private readonly jobs: JobQueue,
    private readonly repos: ReposDirectory,
    private readonly groups: RepoGroupsDirectory,
    private readonly newGroups: RepoGroupsService,
    private readonly access: Access,
    private readonly rights: Rights,
    private readonly firstRights: FirstRights,
    private readonly events: RepoEvents,
    private readonly vcs: VersionControl,
    private readonly root: RepoRoot,
    private readonly policies: RepoPolicies,
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
   * As {@link placeFor}, for a name whose groups may be missing: they are made by super admins, and by whoever has write
   * on the deepest one that is there. What the caller may not see looks missing to him.
   */
  async placeToMake(caller: Caller, name: string): Promise<RepoPlace> {
    const [parent] = splitName(name);
    const [group, missingGroups] = await this.groups.deepest(parent);
    if (missingGroups.length === 0) return { group: await this.placeFor(caller, name), missingGroups };
    const { principal } = caller;
    if (!principal.admin) {
      if (!group || !(await this.access.has(principal, 'repoGroup', group.id, 'read')))
        throw groupNotFound(parent ?? undefined);
      if (!(await this.access.has(principal, 'repoGroup', group.id, 'write')))
        throw denied('group.write', `no permission to create repo in ${group.group_name}`);
    }
    this.access.requireScope(principal, 'repo', name);
    for (const missing of missingGroups) this.access.requireScope(principal, 'repoGroup', missing);
    return { group, missingGroups };
  }

  /**
   * @param args.failure the method's own text for whatever goes wrong
   * @param here whether it takes no longer than a call, see {@link NewJob.here}
   * @returns job_id
   */
  async start(caller: Caller, repo: NewRepo, args: CreationArgs, here: boolean): Promise<number> {
    await this.check(repo, args.failure);
    const { missingGroups = [] } = repo;
    const groupLevel = missingGroups.length > 0 ? await this.rights.defaultLevel('repoGroup') : 0;
    await this.policies.require(
      { caller, action: 'create', repo_id: null, repo_name: repo.name, repo_type: repo.type },
      args.failure,
    );
    return this.names.change(async (tx) => {
      await requireFree(tx, repo, args.failure);
      this.refuseOccupied(repo.name, args.failure);
      if (repo.forkOf) await requireReady(tx, repo.forkOf);
      const group = await this.newGroups.make(
        tx,
        caller,
        repo.group,
        missingGroups,
        groupLevel,
        args.failure,
      );
      const repoId = await this.reserve(tx, { ...repo, group });
      return this.jobs.add(tx, caller, {
        kind: repo.forkOf ? 'fork_repo' : 'create_repo',
        lane: repo.cloneUri ? 'remote' : 'local',
        repo: { id: repoId, name: repo.name },
        sourceRepoId: repo.forkOf?.repo_id ?? null,
        args: { ...args },
        here,
      });
    });
  }

  /** A row for a directory that is there, once nothing that it brought along counts any more. */
  async adopt(caller: Caller, repo: NewRepo, failure: string): Promise<void> {
    await this.check(repo, failure);
    const directory = this.root.directory(repo.name);
    const defaultLevel = await this.rights.defaultLevel('repo');
    const backend = this.vcs.backend(repo.type);
    const state = await backend
      .adopt(directory, this.root.path, caller)
      .then(() => firstState(backend, directory, caller))
      .catch((error: unknown) => {
        throw asFailure(error, failure);
      });
    await this.names.change(async (tx) => {
      await requireFree(tx, repo, failure);
      const repoId = await this.reserve(tx, repo);
      await this.firstRights.grant(tx, await this.repos.loadExisting(tx, repoId), false, defaultLevel);
      await markCreated(tx, repoId, state);
      await this.repos.changed(tx, repoId);
      const adopted = await this.repos.loadExisting(tx, repoId);
      const shape = this.events.shape(adopted);
      await this.events.record(tx, repoCreated, caller, adopted, { repo: shape, source: 'rescan' });
    });
  }

  private async check(repo: NewRepo, failure: string): Promise<void> {
    const fault = componentFault(splitName(repo.name)[1], repo.group === null);
    if (fault) throw new RpcFault('REFUSED', failure, { detail: `the name ${fault}` });
    if (isTooLong(repo.name)) throw new RpcFault('REFUSED', failure, { detail: 'the name is too long' });
    const { reason } = await this.vcs.backend(repo.type).version();
    if (reason) throw refused(reason);
  }

  /** Whatever is found at the place later was made by the job, which may go on with it or take it away. */
  private refuseOccupied(name: string, failure: string): void {
    try {
      if (!this.root.isTaken(name)) return;
    } catch (error) {
      throw asFailure(error, failure);
    }
    throw asFailure(new VcsError('REPOSITORY_EXISTS', 'there is already something at this place'), failure);
  }

  private async reserve(tx: Tx, repo: NewRepo): Promise<number> {
    const [row] = await tx
      .query<{ repo_id: number }>(
        `INSERT INTO repo (repo_name, repo_type, group_id, owner_id, fork_id, private, description, clone_uri_sealed,
           landing_rev, enable_statistics, enable_downloads, enable_locking)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         RETURNING repo_id`,
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
  }
}

async function requireFree(tx: Tx, repo: NewRepo, failure: string): Promise<void> {
  if (!(await isStillThere(tx, repo.group))) throw groupNotFound(repo.group?.group_name);
  const taken = await isNameTaken(tx, repo.name);
  if (taken === 'group')
    throw new RpcFault('CONFLICT', failure, { detail: 'a repository group has that name' });
  if (taken === 'repo') throw nameTaken(repo);
}

const groupNotFound = (name: string | undefined) => notFound(`repo group \`${name}\` not found`);
const nameTaken = (repo: NewRepo) => conflict(`repo \`${repo.name}\` already exist`);
