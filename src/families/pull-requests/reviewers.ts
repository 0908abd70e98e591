import { Injectable } from '@nestjs/common';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import type { Tx } from '../../database/database.js';
import { invalidParams, refused } from '../../rpc/errors.js';
import { UsersDirectory } from '../users/users.directory.js';
import type { UserRecord } from '../users/user.view.js';
import type { PullRequestChange } from './pull-request-events.js';
import type { PullRequestRecord } from './pull-request-record.js';

@Injectable()
export class Reviewers {
  constructor(private readonly users: UsersDirectory) {}

  /**
   * Accepts ids, names and RhodeCode's `{username, ...}` objects, each user once; observers are left out, because they
   * have no say. @param argument for the refusal
   */
  async from(given: readonly unknown[], argument: string): Promise<UserRecord[]> {
    const found = new Map<number, UserRecord>();
    for (const item of given) {
      const { username, role } =
        typeof item === 'object' && item !== null
          ? (item as { username?: unknown; role?: unknown })
          : { username: item, role: 'reviewer' };
      if (typeof username !== 'string' && typeof username !== 'number') {
        throw invalidParams(
          `argument \`${argument}\` must be a list of user ids or names, or of objects with \`username\``,
        );
      }
      if (role === 'observer') continue;
      const user = await this.users.require(username);
      if (user.user_id === DEFAULT_USER_ID) throw refused('the default user cannot review');
      found.set(user.user_id, user);
    }
    return [...found.values()];
  }

  async add(tx: Tx, pullRequestId: number, users: readonly UserRecord[]): Promise<void> {
    await tx.query(
      `INSERT INTO pull_request_reviewer (pull_request_id, user_id) SELECT $1, unnest($2::int[])
       ON CONFLICT DO NOTHING`,
      [pullRequestId, users.map((user) => user.user_id)],
    );
  }

  /**
   * Adds and then removes.
   * @returns what really changed, for the event
   */
  async replace(
    tx: Tx,
    before: PullRequestRecord,
    add: readonly UserRecord[],
    remove: readonly { user_id: number }[],
  ): Promise<PullRequestChange> {
    const id = before.pull_request_id;
    const goes = new Set(remove.map(({ user_id }) => user_id));
    const present = new Set(before.reviewers.map(({ user_id }) => user_id));
    await this.add(tx, id, add);
    await tx.query('DELETE FROM pull_request_reviewer WHERE pull_request_id = $1 AND user_id = ANY($2)', [
      id,
      [...goes],
    ]);
    const added = add.filter(({ user_id }) => !present.has(user_id) && !goes.has(user_id));
    const removed = before.reviewers.filter(({ user_id }) => goes.has(user_id));
    return { reviewers: { added: usernames(added), removed: usernames(removed), from: before } };
  }
}

const usernames = (users: readonly { username: string }[]) => users.map(({ username }) => username);
