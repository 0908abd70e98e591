import { mkdir } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { LEVEL_WEIGHT } from '../../access/levels.js';
import { doesNotExist } from '../../access/object-directory.js';
import { Rights } from '../../access/rights.js';
import { Database, type Tx } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { conflict } from '../../rpc/errors.js';
import { repoGroupCreated, type RepoGroupShape } from '../../sdk/index.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { VcsError } from '../../vcs/vcs.js';
import { UsersDirectory } from '../users/users.directory.js';
import { failing } from './failing.js';
import { isStillThere, NameTree } from './name-tree.js';
import { componentFault, isTooLong, joinName, splitName } from './object-name.js';
import { RepoGroupEvents } from './repo-group-events.js';
import { describeRepoGroup, type DescribedRepoGroup } from './repo-group-reader.js';
import { toRepoGroupView } from './repo-group.view.js';
import { isNameTaken, RepoGroupsDirectory, type RepoGroupRecord } from './repo-groups.directory.js';
import type { CreateRepoGroupArgs } from './repo-groups.dto.js';

interface NewGroup {
  name: string;
  parent: RepoGroupRecord | null;
  description: string;
  owner: { user_id: number; admin: boolean };
  copyPermissions: boolean;
  source: 'api' | 'rescan';
}

@Injectable()
export class RepoGroupsService {
  constructor(
    private readonly db: Database,
    private readonly names: NameTree,
    private readonly groups: RepoGroupsDirectory,
    private readonly users: UsersDirectory,
    private readonly access: Access,
    private readonly rights: Rights,
    private readonly events: RepoGroupEvents,
    private readonly root: RepoRoot,
  ) {}

  async create(
    caller: Caller,
    args: CreateRepoGroupArgs,
  ): Promise<{ msg: string; repo_group: RepoGroupShape }> {
    const failed = failing(`failed to create repo group \`${args.group_name}\``);
    const parent = args.parent === undefined ? null : await this.groups.find(args.parent);
    if (args.parent !== undefined && !parent) throw doesNotExist('repoGroup', args.parent);
    const name = joinName(parent?.group_name ?? null, args.group_name);
    const fault = componentFault(args.group_name, parent === null);
    if (fault) throw failed(`the name ${fault}`);
    if (isTooLong(name)) throw failed('the name is too long');
    this.access.requireScope(caller.principal, 'repoGroup', name);
    const owner = await this.users.find(args.owner ?? caller.principal.userId);
    if (!owner) throw failed(`user \`${args.owner}\` does not exist`);
    const defaultLevel = await this.rights.defaultLevel('repoGroup');
    const group = await this.names.change(async (tx) => {
      if (!(await isStillThere(tx, parent))) throw doesNotExist('repoGroup', args.parent);
      const taken = await isNameTaken(tx, name);
      if (taken === 'group') throw conflict(`repo group \`${args.group_name}\` already exist`);
      if (taken === 'repo') throw failed('a repository has that name', 'CONFLICT');
      const made = await this.insert(tx, caller, defaultLevel, {
        name,
        parent,
        owner,
        description: args.description || args.group_name,
        copyPermissions: args.copy_permissions,
        source: 'api',
      });
      await this.makeDirectory(name).catch((error: unknown) => {
        if (error instanceof VcsError) throw failed(error.message, 'CONFLICT', error);
        throw failed('its directory cannot be made', 'REFUSED', error);
      });
      return made;
    });
    return {
      msg: `created new repo group \`${args.group_name}\``,
      repo_group: toRepoGroupView(group),
    };
  }

  /** Makes the missing groups of a path found on disk, owned by the first super admin. */
  async ensure(caller: Caller, path: string): Promise<RepoGroupRecord> {
    const known = await this.groups.byName(path);
    if (known) return known;
    this.access.requireScope(caller.principal, 'repoGroup', path);
    const [parentName] = splitName(path);
    const parent = parentName === null ? null : await this.ensure(caller, parentName);
    const [owner] = await this.db.query<{ user_id: number; admin: boolean }>(
      'SELECT user_id, admin FROM "user" WHERE admin ORDER BY user_id LIMIT 1',
    );
    if (!owner) throw new Error('there is no super admin');
    const defaultLevel = await this.rights.defaultLevel('repoGroup');
    return this.names.change(async (tx) => {
      const made = await this.groups.byName(path, tx);
      if (made) return made;
      if (!(await isStillThere(tx, parent)) || (await isNameTaken(tx, path)))
        throw conflict(`\`${path}\` cannot become a repository group`);
      return this.insert(tx, caller, defaultLevel, {
        name: path,
        parent,
        owner,
        description: `${path} group`,
        copyPermissions: false,
        source: 'rescan',
      });
    });
  }

  /**
   * Makes the groups of a path one inside the other, owned by the caller, in a transaction of the name tree.
   * @param parent the group that the first one lies in @param names full ones, the outermost first
   * @param failure the method's own text
   * @returns the innermost group; `parent` where no name is given
   */
  async make(
    tx: Tx,
    caller: Caller,
    parent: RepoGroupRecord | null,
    names: readonly string[],
    defaultLevel: number,
    failure: string,
  ): Promise<RepoGroupRecord | null> {
    const failed = failing(failure);
    const owner = { user_id: caller.principal.userId, admin: caller.principal.admin };
    let group = parent;
    for (const name of names) {
      const [, base] = splitName(name);
      const fault = componentFault(base, group === null);
      if (fault) throw failed(`the name of the group \`${name}\` ${fault}`);
      const taken = await isNameTaken(tx, name);
      // Somebody was faster: the caller himself, or a super admin minds nobody
      const there = taken === 'group' ? await this.groups.byName(name, tx) : null;
      if (there && (owner.admin || there.owner_id === owner.user_id)) {
        group = there;
        continue;
      }
      if (taken) throw failed(`there is a ${taken} \`${name}\` already`, 'CONFLICT');
      group = await this.insert(tx, caller, defaultLevel, {
        name,
        parent: group,
        owner,
        description: base,
        copyPermissions: false,
        source: 'api',
      });
      await this.makeDirectory(name).catch((error: unknown) => {
        throw failed('the directory of a group cannot be made', 'REFUSED', error);
      });
    }
    return group;
  }

  private async insert(
    tx: Tx,
    caller: Caller,
    defaultLevel: number,
    group: NewGroup,
  ): Promise<DescribedRepoGroup> {
    const [row] = await tx.query<{ group_id: number }>(
      `INSERT INTO repo_group (group_name, parent_id, group_description, owner_id) VALUES ($1, $2, $3, $4)
       RETURNING group_id`,
      [group.name, group.parent?.group_id ?? null, group.description, group.owner.user_id],
    );
    const groupId = (row as { group_id: number }).group_id;
    await grantFirstRights(tx, groupId, defaultLevel, group);
    await this.rights.changed(tx);
    const made = await describeRepoGroup(tx, groupId);
    await this.events.record(tx, repoGroupCreated, caller, made, { source: group.source });
    return made;
  }

  /** An empty directory that is there already will do. */
  private async makeDirectory(name: string): Promise<void> {
    if (this.root.isFilled(name))
      throw new VcsError('REPOSITORY_EXISTS', 'there is a repository at this place on disk');
    await mkdir(this.root.directory(name), { recursive: true });
  }
}

/** The owner becomes group admin unless he may everything anyway; further the default level or the parent's rows. */
async function grantFirstRights(
  tx: Tx,
  groupId: number,
  defaultLevel: number,
  { parent, owner, copyPermissions }: NewGroup,
): Promise<void> {
  const grant = (userId: number, level: number) =>
    tx.query('INSERT INTO repo_group_permission (group_id, user_id, level) VALUES ($1, $2, $3)', [
      groupId,
      userId,
      level,
    ]);
  if (copyPermissions && parent) {
    await tx.query(
      `INSERT INTO repo_group_permission (group_id, level, user_id, users_group_id)
       SELECT $1, level, user_id, users_group_id FROM repo_group_permission
       WHERE group_id = $2 AND user_id IS DISTINCT FROM $3 ORDER BY permission_id`,
      [groupId, parent.group_id, owner.admin ? null : owner.user_id],
    );
  } else {
    await grant(DEFAULT_USER_ID, defaultLevel);
  }
  if (!owner.admin) await grant(owner.user_id, LEVEL_WEIGHT.admin);
}
