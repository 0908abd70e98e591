import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import type { Sql } from '../../database/database.js';
import type { Principal } from '../../rpc/call.js';
import { SUBTREE_IDS } from './repo-groups.directory.js';

const NAMES = `
  SELECT 'repoGroup' AS kind, group_name AS name FROM repo_group WHERE group_id = ANY (${SUBTREE_IDS('$1::int')})
  UNION ALL
  SELECT 'repo', repo_name FROM repo WHERE group_id = ANY (${SUBTREE_IDS('$1::int')})`;

/** What happens to a group with everything below it may touch more than the scopes of the key that asked for it. */
@Injectable()
export class ScopesBelow {
  constructor(private readonly access: Access) {}

  /**
   * @param newName the name that something will have, where names change
   * @throws RpcFault DENIED naming the first object that is out of scope
   */
  async require(
    sql: Sql,
    principal: Principal,
    groupId: number,
    newName?: (name: string) => string,
  ): Promise<void> {
    if (!this.access.isLimitedToObjects(principal)) return;
    for (const { kind, name } of await sql.query<{ kind: 'repo' | 'repoGroup'; name: string }>(NAMES, [
      groupId,
    ])) {
      this.access.requireScope(principal, kind, name);
      if (newName) this.access.requireScope(principal, kind, newName(name));
    }
  }
}

/** What becomes of the name of a group or of something below it. */
export const renamed = (from: string, to: string) => (name: string) => to + name.slice(from.length);
