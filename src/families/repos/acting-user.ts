import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access.service.js';
import { DEFAULT_USER_ID } from '../../access/default-user.js';
import type { Principal } from '../../rpc/call.js';
import { refused } from '../../rpc/errors.js';
import { UsersDirectory } from '../users/users.directory.js';

/** RhodeCode's `userid`: administrators of a repository may act as somebody else, with his rights. */
@Injectable()
export class ActingUser {
  constructor(
    private readonly access: Access,
    private readonly users: UsersDirectory,
  ) {}

  /** @param subject what is acted on, for the refusal of one who may not read the repository */
  async of(
    principal: Principal,
    userid: number | string | undefined,
    repoId: number,
    subject: string,
  ): Promise<Principal> {
    const isSelf = userid === principal.username || Number(userid) === principal.userId;
    if (userid === undefined || isSelf) return principal;
    if (!(await this.access.has(principal, 'repo', repoId, 'admin')))
      throw refused('userid is not the same as your user');
    const user = await this.users.require(userid);
    const acting = { ...principal, userId: user.user_id, username: user.username, admin: user.admin };
    const isUsable = user.active && user.user_id !== DEFAULT_USER_ID;
    if (!isUsable || !(await this.access.has(acting, 'repo', repoId, 'read')))
      throw refused(`user \`${userid}\` has no access to ${subject}`);
    return acting;
  }
}
