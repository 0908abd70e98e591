import { Injectable } from '@nestjs/common';
import {
  doesNotExist,
  findByIdOrName,
  ObjectDirectory,
  type NamedObject,
  type ObjectResolver,
} from '../../access/object-directory.js';
import { Database, type Sql, type Tx } from '../../database/database.js';

export interface UserGroupRecord extends NamedObject {
  users_group_id: number;
  /** Same as `name`. */
  group_name: string;
  group_description: string | null;
  active: boolean;
  owner: string;
  owner_id: number;
}

/** @param tail what follows `FROM user_group g JOIN "user" o` */
export const selectUserGroups = (tail: string) => `
  SELECT g.users_group_id AS id, g.group_name AS name, g.users_group_id, g.group_name, g.group_description, g.active,
    o.username AS owner, g.owner_id
  FROM user_group g JOIN "user" o ON o.user_id = g.owner_id ${tail}`;

const BY_ID = selectUserGroups('WHERE g.users_group_id = $1');
const BY_NAME = selectUserGroups('WHERE g.group_name = $1');

type Row = UserGroupRecord & Record<string, unknown>;

@Injectable()
export class UserGroupsDirectory implements ObjectResolver {
  constructor(
    private readonly db: Database,
    directory: ObjectDirectory,
  ) {
    directory.register('userGroup', this);
  }

  find(given: unknown): Promise<UserGroupRecord | null> {
    return findByIdOrName(this, given);
  }

  async byId(id: number, sql: Sql = this.db): Promise<UserGroupRecord | null> {
    const [row] = await sql.prepared<Row>('user_group_by_id', BY_ID, [id]);
    return row ?? null;
  }

  async byName(name: string): Promise<UserGroupRecord | null> {
    const [row] = await this.db.prepared<Row>('user_group_by_name', BY_NAME, [name]);
    return row ?? null;
  }

  /**
   * The group as it is now; changes to it, its members and the rights on it take turns from here on.
   * @throws RpcFault NOT_FOUND when it went since the guard saw it
   */
  async lock(tx: Tx, id: number, given: unknown): Promise<UserGroupRecord> {
    await tx.query('SELECT 1 FROM user_group WHERE users_group_id = $1 FOR UPDATE', [id]);
    const group = await this.byId(id, tx);
    if (!group) throw doesNotExist('userGroup', given);
    return group;
  }
}
