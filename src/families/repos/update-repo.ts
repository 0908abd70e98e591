import { Inject, Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { doesNotExist } from '../../access/object-directory.js';
import { Rights } from '../../access/rights.js';
import { Database, type Tx } from '../../database/database.js';
import { uniqueViolation } from '../../database/pg-errors.js';
import type { Caller } from '../../rpc/call.js';
import { conflict, denied, invalidParams, notFound, RpcFault } from '../../rpc/errors.js';
import { repoUpdated, type PreviousRepo } from '../../sdk/index.js';
import { DirectoryMoves } from '../repo-groups/directory-moves.js';
import { isStillThere } from '../repo-groups/name-tree.js';
import { componentFault, isTooLong, joinName, splitName } from '../repo-groups/object-name.js';
import {
  isNameTaken,
  RepoGroupsDirectory,
  type RepoGroupRecord,
} from '../repo-groups/repo-groups.directory.js';
import { previousValues } from '../users/previous-values.js';
import { UsersDirectory } from '../users/users.directory.js';
import { checkCloneUri, maskCloneUri } from './clone-uri.js';
import { checkLandingRev } from './create-repo.js';
import { parseFieldValues, setFieldValues } from './extra-field-record.js';
import { RepoEvents } from './repo-events.js';
import type { RepoRecord } from './repo-record.js';
import { visibleParent } from './fork-parent.js';
import { toRepoView, type RepoView } from './repo.view.js';
import { ReposDirectory } from './repos.directory.js';
import type { UpdateRepoArgs } from './repos.dto.js';

type Columns = Record<string, unknown>;

/** Columns that who may do what, or what is called how, depends on. */
const OF_RIGHTS = ['repo_name', 'group_id', 'owner_id', 'private'];
/** Columns of a record whose change shows in no other member of it. */
const PLAIN = new Set([
  'description',
  'private',
  'landing_rev',
  'enable_statistics',
  'enable_downloads',
  'enable_locking',
]);

@Injectable()
export class UpdateRepo {
  constructor(
    @Inject(Database) private readonly db: Database,
    private readonly repos: ReposDirectory,
    private readonly groups: RepoGroupsDirectory,
    private readonly users: UsersDirectory,
    private readonly access: Access,
    private readonly rights: Rights,
    private readonly events: RepoEvents,
    private readonly moves: DirectoryMoves,
  ) {}

  async run(
    caller: Caller,
    repo: RepoRecord,
    args: UpdateRepoArgs,
  ): Promise<{ msg: string; repository: RepoView }> {
    const failure = `failed to update repo \`${args.repoid}\``;
    const columns = await this.columns(caller, repo, args, failure);
    const fieldValues = parseFieldValues(args.fields ?? '');
    if (!fieldValues) throw invalidParams('argument `fields` must be written `key=value,other=value`');
    const group = await this.targetGroup(caller, repo, args.group);
    const name = joinName(group?.group_name ?? null, args.name ?? splitName(repo.repo_name)[1]);
    const isMove = name !== repo.repo_name;
    if (isMove) {
      await this.checkMove(caller, repo, group, name, failure);
      columns.repo_name = name;
      columns.group_id = group?.group_id ?? null;
    }
    const change = async (tx: Tx, move?: () => Promise<void>) => {
      const before = await this.lock(tx, repo);
      if (move) await this.refuseUnmovable(tx, before, repo, group, name, failure);
      const missing = await setFieldValues(tx, repo.repo_id, fieldValues);
      if (missing !== null)
        throw notFound(`Field with key \`${missing}\` does not exists for repo \`${args.repoid}\``);
      await this.write(tx, before, columns, failure);
      const isPlain = Object.keys(columns).every((column) => PLAIN.has(column)) && fieldValues.size === 0;
      const after = isPlain ? { ...before, ...columns } : await this.repos.loadExisting(tx, repo.repo_id);
      const previous = previousValues(this.events.shape(before), this.events.shape(after)) as PreviousRepo;
      if (Object.keys(previous).length > 0) {
        await this.events.record(tx, repoUpdated, caller, after, {
          repo: this.events.shape(after),
          previous,
        });
      }
      await move?.().catch(notMoved(failure));
      return after;
    };
    const updated = isMove
      ? await this.moves.run(repo.repo_name, name, change)
      : await this.db.transaction((tx) => change(tx));
    return {
      msg: `updated repo ID:${updated.repo_id} ${updated.repo_name}`,
      repository: {
        ...toRepoView(updated, this.repos.cloneUri(updated)),
        fork_of: await visibleParent(this.access, caller.principal, updated),
      },
    };
  }

  /** What does not concern the name. */
  private async columns(
    caller: Caller,
    repo: RepoRecord,
    args: UpdateRepoArgs,
    failure: string,
  ): Promise<Columns> {
    const columns: Columns = {};
    if (args.owner !== undefined) {
      if (!caller.principal.admin) throw denied('hg.admin', 'Only Kallithea admin can specify `owner` param');
      columns.owner_id = (await this.users.require(args.owner)).user_id;
    }
    if (args.landing_rev !== undefined) {
      checkLandingRev(args.landing_rev, failure);
      columns.landing_rev = args.landing_rev;
    }
    const present = this.repos.cloneUri(repo);
    if (args.clone_uri !== undefined && !(present && args.clone_uri === maskCloneUri(present))) {
      columns.clone_uri_sealed = this.repos.sealCloneUri(
        args.clone_uri === '' ? null : checkCloneUri(args.clone_uri, failure),
      );
    }
    for (const column of [
      'description',
      'private',
      'enable_statistics',
      'enable_downloads',
      'enable_locking',
    ] as const) {
      if (args[column] !== undefined) columns[column] = args[column];
    }
    return columns;
  }

  private async targetGroup(
    caller: Caller,
    repo: RepoRecord,
    given: number | string | undefined,
  ): Promise<RepoGroupRecord | null> {
    if (given === '') return null;
    if (given === undefined) return repo.group_id === null ? null : this.groups.byId(repo.group_id);
    const group = await this.groups.find(given);
    const isHere = group !== null && group.group_id === repo.group_id;
    if (!group || !(isHere || (await this.access.has(caller.principal, 'repoGroup', group.group_id, 'read'))))
      throw doesNotExist('repoGroup', given);
    return group;
  }

  /** Renaming inside a group needs nothing more than admin on the repository. */
  private async checkMove(
    caller: Caller,
    repo: RepoRecord,
    group: RepoGroupRecord | null,
    name: string,
    failure: string,
  ): Promise<void> {
    const { principal } = caller;
    if (group === null) {
      if (!(await this.access.hasGlobal(principal, 'hg.create.repository'))) {
        throw denied('hg.create.repository', 'no permission to create (or move) top level repositories');
      }
    } else if (group.group_id !== repo.group_id) {
      if (!(await this.access.has(principal, 'repoGroup', group.id, 'write'))) {
        throw denied('group.write', `no permission to create (or move) repo in ${group.group_name}`);
      }
    }
    this.access.requireScope(principal, 'repo', name);
    const fault = componentFault(splitName(name)[1], group === null);
    if (fault) throw new RpcFault('REFUSED', failure, { argument: 'name', detail: `the name ${fault}` });
    if (isTooLong(name))
      throw new RpcFault('REFUSED', failure, { argument: 'name', detail: 'the name is too long' });
  }

  private async lock(tx: Tx, repo: RepoRecord): Promise<RepoRecord> {
    const [row] = await tx.prepared('repo_for_update', 'SELECT FROM repo WHERE repo_id = $1 FOR UPDATE', [
      repo.repo_id,
    ]);
    if (!row) throw doesNotExist('repo', repo.repo_name);
    return this.repos.loadExisting(tx, repo.repo_id);
  }

  /** @param seen as it was when the new name was put together */
  private async refuseUnmovable(
    tx: Tx,
    repo: RepoRecord,
    seen: RepoRecord,
    group: RepoGroupRecord | null,
    name: string,
    failure: string,
  ): Promise<void> {
    if (repo.repo_name !== seen.repo_name || !(await isStillThere(tx, group)))
      throw new RpcFault('CONFLICT', failure, { detail: 'it was moved at the same moment' });
    if (repo.repo_state === 'repo_state_pending')
      throw new RpcFault('CONFLICT', failure, { detail: 'it is still being created' });
    if (name.toLowerCase() === repo.repo_name.toLowerCase()) return;
    const taken = await isNameTaken(tx, name);
    if (taken) throw new RpcFault('CONFLICT', failure, { detail: `a ${taken} of that name exists` });
  }

  private async write(tx: Tx, repo: RepoRecord, columns: Columns, failure: string): Promise<void> {
    const entries = Object.entries(columns);
    if (entries.length > 0) {
      const sets = entries.map(([column], index) => `${column} = $${index + 2}`).join(', ');
      await tx
        .query(`UPDATE repo SET ${sets} WHERE repo_id = $1`, [
          repo.repo_id,
          ...entries.map(([, value]) => value),
        ])
        .catch((error: unknown) => {
          if (uniqueViolation(error)) throw conflict(failure);
          throw error;
        });
    }
    if (columns.private === true) {
      await tx.query('UPDATE repo_permission SET level = 0 WHERE repo_id = $1 AND user_id = $2', [
        repo.repo_id,
        DEFAULT_USER_ID,
      ]);
    }
    if (OF_RIGHTS.some((column) => column in columns)) await this.rights.changed(tx);
    await this.repos.changed(tx, repo.repo_id);
  }
}

const notMoved = (failure: string) => (cause: unknown) => {
  throw new RpcFault('REFUSED', failure, { detail: 'the directory could not be moved' }, { cause });
};
