import { mkdir } from 'node:fs/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { doesNotExist } from '../../access/object-directory.js';
import { Rights } from '../../access/rights.js';
import { Database, type Tx } from '../../database/database.js';
import type { Caller } from '../../rpc/call.js';
import { repoGroupUpdated, type RepoGroupShape } from '../../sdk/index.js';
import { RepoRoot } from '../../vcs/repo-root.js';
import { UsersDirectory } from '../users/users.directory.js';
import { DirectoryMoves } from './directory-moves.js';
import { failing, type Failed } from './failing.js';
import { isStillThere } from './name-tree.js';
import { componentFault, isTooLong, joinName, splitName } from './object-name.js';
import { RenameBelow } from './rename-below.js';
import { RepoGroupEvents } from './repo-group-events.js';
import { describeRepoGroup, type DescribedRepoGroup } from './repo-group-reader.js';
import { toRepoGroupView } from './repo-group.view.js';
import {
  ANCESTOR_IDS,
  isNameTaken,
  RepoGroupsDirectory,
  type RepoGroupRecord,
} from './repo-groups.directory.js';
import type { UpdateRepoGroupArgs } from './repo-groups.dto.js';

type Columns = Partial<Record<'group_description' | 'owner_id' | 'parent_id', unknown>>;

/** Where a group goes: its full name there and the group above it. */
interface Place {
  name: string;
  parent: RepoGroupRecord | null;
}

/** A move takes everything below along: names in the database and the directory on disk, in one transaction. */
@Injectable()
export class UpdateRepoGroup {
  private readonly log = new Logger('UpdateRepoGroup');

  constructor(
    private readonly db: Database,
    private readonly groups: RepoGroupsDirectory,
    private readonly users: UsersDirectory,
    private readonly access: Access,
    private readonly rights: Rights,
    private readonly events: RepoGroupEvents,
    private readonly below: RenameBelow,
    private readonly moves: DirectoryMoves,
    private readonly root: RepoRoot,
  ) {}

  async run(
    caller: Caller,
    group: RepoGroupRecord,
    args: UpdateRepoGroupArgs,
  ): Promise<{ msg: string; repo_group: RepoGroupShape }> {
    const failed = failing(`failed to update repository group \`${args.repogroupid}\``);
    const columns = await this.columns(args, failed);
    const place = await this.place(group, args);
    const updated =
      place.name === group.group_name
        ? await this.db.transaction((tx) => this.change(tx, caller, group, columns))
        : await this.move(caller, group, place, columns, failed);
    return {
      msg: `updated repository group ID:${updated.group_id} ${updated.group_name}`,
      repo_group: toRepoGroupView(updated),
    };
  }

  private async columns(args: UpdateRepoGroupArgs, failed: Failed): Promise<Columns> {
    const columns: Columns = {};
    if (args.description !== undefined) columns.group_description = args.description;
    if (args.owner !== undefined) {
      const owner = await this.users.find(args.owner);
      if (!owner) throw failed(`user \`${args.owner}\` does not exist`);
      columns.owner_id = owner.user_id;
    }
    return columns;
  }

  private async place(group: RepoGroupRecord, args: UpdateRepoGroupArgs): Promise<Place> {
    const base = args.group_name ?? splitName(group.group_name)[1];
    const given = args.parent ?? group.parent_id ?? '';
    if (given === '') return { name: base, parent: null };
    const parent = await this.groups.find(given);
    if (!parent) throw doesNotExist('repoGroup', given);
    return { name: joinName(parent.group_name, base), parent };
  }

  private move(
    caller: Caller,
    group: RepoGroupRecord,
    place: Place,
    columns: Columns,
    failed: Failed,
  ): Promise<DescribedRepoGroup> {
    const { name, parent } = place;
    const fault = componentFault(splitName(name)[1], parent === null);
    if (fault) throw failed(`the name ${fault}`);
    if (isTooLong(name)) throw failed('the name is too long');
    this.access.requireScope(caller.principal, 'repoGroup', name);
    return this.moves.run(group.group_name, name, async (tx, moveDirectory) => {
      await refuseUnmovable(tx, group, place, failed);
      const renaming = { group_id: group.group_id, from: group.group_name, to: name };
      let ids: number[] = [];
      const moved = { ...columns, parent_id: parent?.group_id ?? null };
      const after = await this.change(tx, caller, group, moved, async () => {
        ids = await this.below.rename(tx, renaming, failed);
      });
      await this.below.record(tx, caller, renaming, ids);
      // Nobody must find moved what he was told had failed
      if (caller.signal.aborted) throw failed('the deadline has passed');
      await this.onDisk(group.group_name, name, moveDirectory).catch((error: unknown) => {
        throw failed('the directory could not be moved', 'REFUSED', error);
      });
      return after;
    });
  }

  private async onDisk(from: string, to: string, move: () => Promise<void>): Promise<void> {
    if (this.root.isTaken(from)) return move();
    this.log.warn(`repository group \`${from}\` had no directory`);
    await mkdir(this.root.directory(to), { recursive: true });
  }

  /** @param rename runs between the two looks at the group whose difference the event tells */
  private async change(
    tx: Tx,
    caller: Caller,
    { group_id, group_name }: RepoGroupRecord,
    columns: Columns,
    rename?: () => Promise<void>,
  ): Promise<DescribedRepoGroup> {
    const [locked] = await tx.query('SELECT 1 FROM repo_group WHERE group_id = $1 FOR UPDATE', [group_id]);
    if (!locked) throw doesNotExist('repoGroup', group_name);
    const before = await describeRepoGroup(tx, group_id);
    for (const [column, value] of Object.entries(columns))
      await tx.query(`UPDATE repo_group SET ${column} = $2 WHERE group_id = $1`, [group_id, value]);
    await rename?.();
    await this.rights.changed(tx);
    const after = await describeRepoGroup(tx, group_id);
    const previous = differences(toRepoGroupView(before), toRepoGroupView(after));
    if (Object.keys(previous).length > 0)
      await this.events.record(tx, repoGroupUpdated, caller, after, { previous });
    return after;
  }
}

async function refuseUnmovable(
  tx: Tx,
  group: RepoGroupRecord,
  { name, parent }: Place,
  failed: Failed,
): Promise<void> {
  if (!(await isStillThere(tx, group)) || !(await isStillThere(tx, parent)))
    throw failed('it was moved at the same moment', 'CONFLICT');
  const [cycle] = await tx.query(`SELECT 1 WHERE $1::int = ANY (${ANCESTOR_IDS('$2::int')})`, [
    group.group_id,
    parent?.group_id ?? null,
  ]);
  if (cycle) throw failed('a group cannot be moved into itself', 'CONFLICT');
  if (name.toLowerCase() === group.group_name.toLowerCase()) return;
  const taken = await isNameTaken(tx, name);
  if (taken) throw failed(`a ${taken === 'repo' ? 'repository' : 'group'} of that name exists`, 'CONFLICT');
}

function differences(before: RepoGroupShape, after: RepoGroupShape) {
  const previous: Partial<Omit<RepoGroupShape, 'group_id' | 'repositories'>> = {};
  if (before.group_name !== after.group_name) previous.group_name = before.group_name;
  if (before.group_description !== after.group_description)
    previous.group_description = before.group_description;
  if (before.parent_group !== after.parent_group) previous.parent_group = before.parent_group;
  if (before.owner !== after.owner) previous.owner = before.owner;
  return previous;
}
