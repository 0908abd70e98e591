import { mkdir } from 'node:fs/promises';
import { Injectable } from '@nestjs/common';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import { LEVEL_WEIGHT, parsePermission } from '../../access/levels.js';
import { doesNotExist } from '../../access/object-directory.js';
import { Rights } from '../../access/rights.js';
import { Database, type Tx } from '../../database/database.js';
import { uniqueViolation } from '../../database/pg-errors.js';
import type { Caller } from '../../rpc/call.js';
import { conflict, RpcFault } from '../../rpc/errors.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { UsersDirectory } from '../users/users.directory.js';
import { componentFault, isTooLong, joinName, splitName } from './object-name.js';
import type { CreateRepoGroupArgs } from './repo-groups.dto.js';
import { isNameTaken, RepoGroupsDirectory, type RepoGroupRecord } from './repo-groups.directory.js';
import { toRepoGroupView, type RepoGroupView } from './repo-group.view.js';

interface NewGroup {
  name: string;
  parent: RepoGroupRecord | null;
  description: string;
  owner: { user_id: number; admin: boolean };
  copyPermissions: boolean;
}

@Injectable()
export class RepoGroupsService {
  constructor(
    private readonly db: Database,
    private readonly groups: RepoGroupsDirectory,
    private readonly users: UsersDirectory,
    private readonly rights: Rights,
    private readonly root: RepoRoot,
  ) {}

  async create(
    caller: Caller,
    args: CreateRepoGroupArgs,
  ): Promise<{ msg: string; repo_group: RepoGroupView }> {
    const failure = `failed to create repo group \`${args.group_name}\``;
    const parent = args.parent === undefined ? null : await this.groups.find(args.parent);
    if (args.parent !== undefined && !parent) throw doesNotExist('repoGroup', args.parent);
    const name = joinName(parent?.group_name ?? null, args.group_name);
    const fault = componentFault(args.group_name, parent === null);
    if (fault) throw new RpcFault('REFUSED', failure, { detail: `the name ${fault}` });
    if (isTooLong(name)) throw new RpcFault('REFUSED', failure, { detail: 'the name is too long' });
    const owner = await this.users.require(args.owner ?? caller.principal.userId);
    const group = await this.db.transaction(async (tx) => {
      const taken = await isNameTaken(tx, name);
      if (taken === 'group') throw conflict(`repo group \`${args.group_name}\` already exist`);
      if (taken === 'repo') throw new RpcFault('CONFLICT', failure, { detail: 'a repository has that name' });
      return this.insert(tx, {
        name,
        parent,
        owner,
        description: args.description || args.group_name,
        copyPermissions: args.copy_permissions,
      });
    });
    return { msg: `created new repo group \`${args.group_name}\``, repo_group: toRepoGroupView(group, []) };
  }

  /** Makes the missing groups of a path found on disk, owned by the first super admin. */
  async ensure(path: string): Promise<RepoGroupRecord> {
    const known = await this.groups.byName(path);
    if (known) return known;
    const [parentName] = splitName(path);
    const parent = parentName === null ? null : await this.ensure(parentName);
    return this.db.transaction(async (tx) => {
      const [owner] = await tx.query<{ user_id: number; admin: boolean }>(
        'SELECT user_id, admin FROM "user" WHERE admin ORDER BY user_id LIMIT 1',
      );
      if (!owner) throw new Error('there is no super admin');
      return this.insert(tx, {
        name: path,
        parent,
        owner,
        description: `${path} group`,
        copyPermissions: false,
      });
    });
  }

  private async insert(tx: Tx, group: NewGroup): Promise<RepoGroupRecord> {
    const [row] = await tx
      .query<{ group_id: number }>(
        `INSERT INTO repo_group (group_name, parent_id, group_description, owner_id) VALUES ($1, $2, $3, $4)
         RETURNING group_id`,
        [group.name, group.parent?.group_id ?? null, group.description, group.owner.user_id],
      )
      .catch((error: unknown) => {
        if (uniqueViolation(error))
          throw conflict(`repo group \`${splitName(group.name)[1]}\` already exist`);
        throw error;
      });
    const groupId = (row as { group_id: number }).group_id;
    await this.grantFirstRights(tx, groupId, group);
    await this.rights.changed(tx);
    await mkdir(this.root.directory(group.name), { recursive: true });
    return (await this.groups.byId(groupId, tx)) as RepoGroupRecord;
  }

  /** The owner becomes group admin unless he may everything anyway; further the default level or the parent's rows. */
  private async grantFirstRights(
    tx: Tx,
    groupId: number,
    { parent, owner, copyPermissions }: NewGroup,
  ): Promise<void> {
    if (copyPermissions && parent) {
      await tx.query(
        `INSERT INTO repo_group_permission (group_id, level, user_id, users_group_id)
         SELECT $1, level, user_id, users_group_id FROM repo_group_permission
         WHERE group_id = $2 AND user_id IS DISTINCT FROM $3 ORDER BY permission_id`,
        [groupId, parent.group_id, owner.admin ? null : owner.user_id],
      );
    } else {
      await this.grant(tx, groupId, DEFAULT_USER_ID, await this.defaultLevel());
    }
    if (!owner.admin) await this.grant(tx, groupId, owner.user_id, LEVEL_WEIGHT.admin);
  }

  private async grant(tx: Tx, groupId: number, userId: number, level: number): Promise<void> {
    await tx.query('INSERT INTO repo_group_permission (group_id, user_id, level) VALUES ($1, $2, $3)', [
      groupId,
      userId,
      level,
    ]);
  }

  private async defaultLevel(): Promise<number> {
    for (const name of await this.rights.globalPermissions(DEFAULT_USER_ID)) {
      const level = parsePermission('repoGroup', name);
      if (level !== null) return level;
    }
    return LEVEL_WEIGHT.none;
  }
}
